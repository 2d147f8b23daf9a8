import { type Content, emptyContent, type Json, type ThreeWayDiff, threeWayDiff } from '@sluice/core';
import { contracts, type NamespaceDetail, type ReleaseSummary } from '@sluice/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { valueText } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/language.ts';
import type { Problem } from '../../../lib/problem.ts';
import { call } from '../../../lib/transport.ts';
import { codeLanguageOf } from '../../../parts/code-language.ts';
import { entryValue } from '../../../parts/spread.ts';
import { Action } from '../../../ui/action.tsx';
import { CodeDiff, CodeEditor } from '../../../ui/code/lazy.tsx';
import { DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Section } from '../../../ui/page.tsx';
import { ProblemBox } from '../../../ui/problem-box.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { Row, Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { type Choice, mergeItems, openConflicts } from './merge.ts';

interface Sides {
  readonly diff: ThreeWayDiff;
  readonly namespace: NamespaceDetail;
  /** Who released what came in between. */
  readonly between: readonly ReleaseSummary[];
}

/** Your edit and what was released meanwhile, side by side, on what both started from. Nothing is lost. */
export function MergePanel({ onClose }: { readonly onClose: () => void }) {
  const t = useText();
  const { place, draft } = useNamespace();
  const [yours] = useState(draft.content);
  const base = draft.stored?.baseRevision ?? 0;
  const sides = useQuery<Sides, Problem>({
    queryKey: ['merge', place, base],
    queryFn: async ({ signal }) => {
      const namespace = await call(contracts.getNamespace, { params: place }, signal);
      const history = await call(contracts.listHistory, { params: place, query: { limit: '200' } }, signal);
      const from = history.items.find((each) => each.revision <= base);
      const started: Content | undefined = from
        ? (await call(contracts.getRelease, { params: { ...place, number: String(from.number) } }, signal))
            .content
        : undefined;
      return {
        diff: threeWayDiff(started, yours, namespace.target),
        namespace,
        between: history.items.filter((each) => each.revision > base),
      };
    },
    gcTime: 0,
  });
  return (
    <SidePanel title={t.merge.title} open onClose={onClose} width={980}>
      <Loaded of={sides}>{(data) => <Merge sides={data} yours={yours} onClose={onClose} />}</Loaded>
    </SidePanel>
  );
}

interface MergeProps {
  readonly sides: Sides;
  readonly yours: Content;
  readonly onClose: () => void;
}

function Merge({ sides: { diff, namespace, between }, yours, onClose }: MergeProps) {
  const t = useText();
  const { draft } = useNamespace();
  const [choices, setChoices] = useState<Readonly<Record<string, Choice>>>({});
  const [text, setText] = useState(yours.kind === 'document' ? yours.text : '');
  const open = diff.of === 'items' ? openConflicts(diff, choices) : [];
  const save = useMutation<void, Problem>({
    mutationFn: () =>
      draft.rebase(
        diff.of === 'items'
          ? mergeItems(namespace.target ?? emptyContent(namespace.kind), diff, choices)
          : { kind: 'document', format: namespace.format ?? 'text', text },
      ),
    onSuccess: onClose,
  });
  const authors = [...new Set(between.map((each) => each.author))];
  return (
    <Stack gap={16}>
      <p>{t.merge.intro(authors, between.length)}</p>
      {save.isError && <ProblemBox error={save.error} />}
      {diff.of === 'items' ? (
        <KeyTable diff={diff} kind={namespace.kind} choices={choices} choose={setChoices} />
      ) : (
        <>
          <Section title={t.merge.theirs}>
            <CodeDiff
              before={diff.base}
              after={diff.theirs}
              language={codeLanguageOf(namespace.format)}
              label={t.merge.theirs}
            />
          </Section>
          <Section title={t.merge.result}>
            <CodeEditor
              value={text}
              onChange={setText}
              language={codeLanguageOf(namespace.format)}
              label={t.merge.result}
              minHeight={220}
            />
          </Section>
        </>
      )}
      <Row end>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Action
          type="primary"
          loading={save.isPending}
          blocked={open.length > 0 ? t.merge.stillOpen(open) : undefined}
          onClick={() => save.mutate()}
        >
          {t.merge.save}
        </Action>
      </Row>
    </Stack>
  );
}

interface KeyTableProps {
  readonly diff: Extract<ThreeWayDiff, { of: 'items' }>;
  readonly kind: NamespaceDetail['kind'];
  readonly choices: Readonly<Record<string, Choice>>;
  readonly choose: (choices: Readonly<Record<string, Choice>>) => void;
}

function KeyTable({ diff, kind, choices, choose }: KeyTableProps) {
  const t = useText();
  const show = (entry: Json | undefined): string =>
    entry === undefined
      ? t.diff.nothing
      : valueText(entryValue(kind === 'map' ? 'map' : 'rules', entry as never));
  return (
    <DataTable
      label={t.merge.title}
      rows={diff.entries}
      rowKey={(entry) => entry.key}
      tone={(entry) => (entry.conflict && !choices[entry.key] ? 'bad' : undefined)}
      empty={<Empty title={t.diff.same} />}
      columns={[
        { key: 'key', title: t.diff.key, cell: (entry) => <code>{entry.key}</code> },
        {
          key: 'base',
          title: t.merge.base,
          cell: (entry) => <code className="quiet">{show(entry.base)}</code>,
        },
        { key: 'yours', title: t.merge.yours, cell: (entry) => <code>{show(entry.yours)}</code> },
        { key: 'theirs', title: t.merge.theirs, cell: (entry) => <code>{show(entry.theirs)}</code> },
        {
          key: 'choice',
          title: t.merge.take,
          cell: (entry) =>
            entry.conflict ? (
              <Radio.Group
                aria-label={t.merge.takeOf(entry.key)}
                value={choices[entry.key]}
                onChange={(event) => choose({ ...choices, [entry.key]: event.target.value as Choice })}
                options={[
                  { value: 'yours', label: t.merge.yours },
                  { value: 'theirs', label: t.merge.theirs },
                ]}
              />
            ) : (
              <span className="quiet">{t.merge.byItself}</span>
            ),
        },
      ]}
    />
  );
}
