import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { codeLanguageOf } from '../../parts/code-language.ts';
import { ContentDiffView } from '../../parts/content-diff.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import type { ChangeSet } from './use-change-set.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly set: ChangeSet;
  readonly names: readonly string[];
  readonly setNames: (names: readonly string[]) => void;
  readonly message: string;
  readonly setMessage: (message: string) => void;
}

/** What changes: your drafts against what is live. Several namespaces become one change set, applied all or nothing. */
export function ChangeStep({ env, app, set, names, setNames, message, setMessage }: Props) {
  const t = useDeliveryText();
  const namespaces = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const more = (namespaces.data?.items ?? []).filter((each) => each.hasDraft && !names.includes(each.name));
  return (
    <Stack gap={14}>
      {set.entries.map(({ name, namespace, diff, draft }) => (
        <Section
          key={name}
          flush
          title={name}
          aside={
            <>
              <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: name }}>
                {t.wizard.edit}
              </Link>
              {names.length > 1 && (
                <Button size="small" onClick={() => setNames(names.filter((each) => each !== name))}>
                  {t.wizard.leaveOut(name)}
                </Button>
              )}
            </>
          }
        >
          {draft?.baseMoved && (
            <div style={{ padding: 10 }}>
              <Notice tone="warn">{t.merge.first}</Notice>
            </div>
          )}
          <ContentDiffView diff={diff} kind={namespace.kind} language={codeLanguageOf(namespace.format)} />
        </Section>
      ))}
      {more.length > 0 && (
        <Notice tone="idle">
          <Row>
            {t.wizard.addDrafts}
            {more.map(({ name }) => (
              <Button key={name} size="small" onClick={() => setNames([...names, name])}>
                {t.wizard.take(name)}
              </Button>
            ))}
          </Row>
        </Notice>
      )}
      <Field label={t.publish.message} hint={t.wizard.messageHint}>
        {(ids) => (
          <Input.TextArea
            {...ids}
            autoSize={{ minRows: 1, maxRows: 4 }}
            maxLength={2000}
            value={message}
            onChange={(event) => setMessage(event.target.value)}
          />
        )}
      </Field>
    </Stack>
  );
}
