import type { Json } from '@sluice/core';
import { contracts, type NamespaceDetail } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { CodeEditor } from '../../ui/code/lazy.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { DeleteNamespace } from './delete-namespace.tsx';
import { useNamespace } from './namespace-context.ts';
import { SharingSection } from './sharing-section.tsx';

type Schema = { readonly [key: string]: Json } | null;

/** A JSON Schema as it is typed: nothing means none; anything but an object is a mistake. */
function readSchema(text: string): { readonly schema: Schema } | undefined {
  if (text.trim() === '') return { schema: null };
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { schema: value as Schema }
      : undefined;
  } catch {
    return undefined;
  }
}

export function SettingsTab() {
  const t = useDeliveryText();
  const client = useQueryClient();
  const { place, namespace, mayEdit, mayPublish } = useNamespace();
  const [description, setDescription] = useState(namespace.description);
  const [schemaText, setSchemaText] = useState(() =>
    namespace.schema === null ? '' : JSON.stringify(namespace.schema, null, 2),
  );
  const [deleting, setDeleting] = useState(false);
  const reading = readSchema(schemaText);
  const save = useMutation<NamespaceDetail, Problem>({
    mutationFn: () =>
      call(contracts.changeNamespace, {
        params: place,
        // One that links a public namespace has no schema of its own.
        body: { description, ...(reading && !namespace.link && { schema: reading.schema }) },
        ifMatch: namespace.etag,
      }),
    onSuccess: (changed) => {
      client.setQueryData(keyOf(contracts.getNamespace, { params: place }), changed);
      void client.invalidateQueries({ queryKey: [contracts.listNamespaces.id] });
    },
  });
  const blocked = mayEdit.reason ?? (reading ? undefined : t.settings.schemaBroken);
  return (
    <Stack gap={14}>
      <Section title={t.settings.title}>
        <Stack gap={14}>
          {save.isSuccess && <Notice tone="ok">{t.settings.saved}</Notice>}
          {save.isError && <ProblemBox error={save.error} />}
          <Field label={t.namespaces.description}>
            {(ids) => (
              <Input.TextArea
                {...ids}
                autoSize={{ minRows: 2, maxRows: 6 }}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
          {namespace.link && <span className="quiet">{t.links.schemaOfHome}</span>}
          <Field
            label={t.settings.schema}
            hint={t.settings.schemaHint}
            error={reading ? undefined : t.settings.schemaBroken}
          >
            {() => (
              <CodeEditor
                value={schemaText}
                {...(!namespace.link && { onChange: setSchemaText })}
                language="json"
                label={t.settings.schema}
                minHeight={180}
              />
            )}
          </Field>
          <AsCommand
            line={[
              ...['sluice', 'namespace', 'change', place.app, place.ns, '--description', description],
              ...(namespace.link || !reading
                ? []
                : reading.schema === null
                  ? ['--no-schema']
                  : ['--schema', 'schema.json']),
              ...['--env', place.env],
            ]}
          />
          <Row>
            <Action type="primary" blocked={blocked} loading={save.isPending} onClick={() => save.mutate()}>
              {t.settings.save}
            </Action>
          </Row>
        </Stack>
      </Section>
      <SharingSection />
      <Section title={t.settings.deleteTitle}>
        <Row gap={16}>
          <span>{t.settings.deleteText}</span>
          <Action danger blocked={mayPublish.reason} onClick={() => setDeleting(true)}>
            {t.settings.deleteOpen(place.ns)}
          </Action>
        </Row>
      </Section>
      {deleting && <DeleteNamespace onClose={() => setDeleting(false)} />}
    </Stack>
  );
}
