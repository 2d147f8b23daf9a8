import type { Content, Json, ThreeWayDiff } from '@sluice/core';
import { contracts, type NamespaceDetail, type ReleaseSummary } from '@sluice/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { valueText } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
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
import { type Choice, type Choices, mergeItems, openConflicts } from './merge.ts';

interface Sides {
  readonly diff: ThreeWayDiff;
  /** Where the merged draft is saved to. */
  readonly etag: string;
  /** Who released what came in between; nobody when the draft was changed in another tab. */
  readonly between: readonly ReleaseSummary[];
}

/** Your edit and what happened meanwhile, side by side, on what both started from. Nothing is lost. */
export function MergePanel({ onClose }: { readonly onClose: () => void }) {
  const t = useDeliveryText();
  const { place, draft } = useNamespace();
  const [yours] = useState(draft.content);
  const sides = useQuery<Sides, Problem>({
    queryKey: ['merge', place],
    queryFn: async ({ signal }) => {
      const problem = await draft.conflict();
      const { etag, base } = problem.details;
      if (!problem.threeWay || typeof etag !== 'string') throw problem;
      const history = await call(contracts.listHistory, { params: place, query: { limit: '200' } }, signal);
      return {
        diff: problem.threeWay,
        etag,
        between: history.items.filter((each) => each.revision > Number(base)),
      };
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <SidePanel title={t.merge.title} open onClose={onClose} width={980}>
      <Loaded of={sides}>
        {(data) => (
          <Merge
            key={data.etag}
            sides={data}
            yours={yours}
            again={() => void sides.refetch()}
            onClose={onClose}
          />
        )}
      </Loaded>
    </SidePanel>
  );
}

interface MergeProps {
  readonly sides: Sides;
  readonly yours: Content;
  /** Reads both sides anew, when there was yet another release. */
  readonly again: () => void;
  readonly onClose: () => void;
}

function Merge({ sides: { diff, etag, between }, yours, again, onClose }: MergeProps) {
  const t = useDeliveryText();
  const { namespace, draft } = useNamespace();
  const [choices, setChoices] = useState<Choices>({});
  const [text, setText] = useState(yours.kind === 'document' ? yours.text : '');
  const open = diff.of === 'items' ? openConflicts(diff, choices) : [];
  const save = useMutation<void, Problem>({
    mutationFn: () =>
      draft.rebase(
        diff.of === 'items'
          ? mergeItems(yours, diff, choices)
          : { kind: 'document', format: namespace.format ?? 'text', text },
        etag,
      ),
    onSuccess: onClose,
  });
  const authors = [...new Set(between.map((each) => each.author))];
  return (
    <Stack gap={16}>
      <p>{between.length === 0 ? t.merge.otherTab : t.merge.intro(authors, between.length)}</p>
      {save.isError && <ProblemBox error={save.error} retry={again} />}
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
  readonly choices: Choices;
  readonly choose: (choices: Choices) => void;
}

function KeyTable({ diff, kind, choices, choose }: KeyTableProps) {
  const t = useDeliveryText();
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
