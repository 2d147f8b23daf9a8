import { type Fault, isName, type Json } from '@sluice/core';
import { faultsOf, rule as ruleShape } from '@sluice/protocol';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useLanguage, useText } from '../../../lib/i18n/language.ts';
import { CodeEditor } from '../../../ui/code/lazy.tsx';
import { Field } from '../../../ui/field.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { Row, Stack } from '../../../ui/stack.tsx';

interface Props {
  readonly ruleId?: string;
  readonly value?: Json;
  readonly taken: readonly string[];
  readonly onApply: (id: string, value: Json) => void;
  readonly onRemove?: () => void;
  readonly onClose: () => void;
}

/** What a new rule starts as: it watches, it doesn't block. */
const firstRule = {
  kind: 'limit',
  algorithm: 'slidingWindow',
  resource: { match: 'exact', value: 'GET /books/:id', type: 'web' },
  mode: 'monitor',
  limit: 100,
  windowMs: 1000,
};

type Reading =
  | { readonly value: Json }
  | { readonly faults: readonly Pick<Fault, 'path' | 'message' | 'zh'>[] };

function readRule(text: string, notJson: string): Reading {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { faults: [{ path: '', message: `${notJson} ${(error as Error).message}` }] };
  }
  const checked = ruleShape.safeParse(value);
  return checked.success ? { value } : { faults: faultsOf(checked.error) };
}

export function RuleEditor({ ruleId, value, taken, onApply, onRemove, onClose }: Props) {
  const t = useText();
  const language = useLanguage();
  const [id, setId] = useState(ruleId ?? '');
  const [text, setText] = useState(() => JSON.stringify(value ?? firstRule, null, 2));
  const [tried, setTried] = useState(false);
  const reading = readRule(text, t.values.notJson);
  const idFault = !isName(id)
    ? t.common.nameRule
    : ruleId === undefined && taken.includes(id)
      ? t.values.keyTaken(id)
      : undefined;
  const apply = (): void => {
    setTried(true);
    if (!idFault && 'value' in reading) onApply(id, reading.value);
  };
  return (
    <SidePanel
      title={ruleId ?? t.values.addRule}
      open
      onClose={onClose}
      width={720}
      footer={
        <Row end>
          {onRemove && (
            <Button danger onClick={onRemove}>
              {t.values.remove}
            </Button>
          )}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="primary" onClick={apply}>
            {t.values.apply}
          </Button>
        </Row>
      }
    >
      <Stack>
        {ruleId === undefined && (
          <Field label={t.values.ruleId} error={tried && idFault}>
            {(ids) => (
              <Input
                {...ids}
                autoFocus
                spellCheck={false}
                autoComplete="off"
                value={id}
                onChange={(event) => setId(event.target.value)}
              />
            )}
          </Field>
        )}
        <CodeEditor value={text} onChange={setText} language="json" label={t.values.rule} minHeight={300} />
        {'faults' in reading ? (
          <Notice tone="bad">
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {reading.faults.map((fault) => (
                <li key={`${fault.path} ${fault.message}`}>
                  {fault.path && <code>{fault.path}</code>} {(language === 'zh' && fault.zh) || fault.message}
                </li>
              ))}
            </ul>
          </Notice>
        ) : (
          <Notice tone="ok">{t.values.ruleFits}</Notice>
        )}
      </Stack>
    </SidePanel>
  );
}
