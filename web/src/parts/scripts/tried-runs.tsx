import type { contracts, ResponseOf, ScriptOutcome, TriedScript } from '@sluice/protocol';
import { amount } from '../../lib/amount.ts';
import { valueText } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

type Tried = ResponseOf<typeof contracts.tryScript>;

/** What came of each run, with what the live version says to the same input. */
export function TriedRuns({ tried }: { readonly tried: Tried }) {
  const t = useGuardText();
  const { items, differing, leftOut } = tried;
  const failed = items.filter(({ failure }) => failure !== undefined).length;
  const isCompared = items.some(({ other }) => other !== undefined);
  return (
    <Stack>
      <Row>
        <span>{t.scripts.runs(items.length)}</span>
        {failed > 0 && <Badge tone="bad">{t.scripts.failedRuns(failed)}</Badge>}
        {isCompared && (
          <Badge tone={differing > 0 ? 'warn' : 'ok'}>{t.scripts.differing(differing, items.length)}</Badge>
        )}
      </Row>
      {leftOut > 0 && <Notice tone="warn">{t.scripts.leftOut(leftOut)}</Notice>}
      <DataTable
        label={t.scripts.result}
        rows={items.map((item, index) => ({ item, index }))}
        rowKey={({ index }) => String(index)}
        tone={({ item }) => (item.failure ? 'bad' : item.differs ? 'current' : undefined)}
        empty={<Empty title={t.scripts.nothingRecorded} />}
        columns={[
          {
            key: 'input',
            title: t.scripts.inputs,
            width: '40%',
            cell: ({ item }) => (
              <>
                <code>{valueText(item.values)}</code>
                <div className="quiet">{whence(item, t.scripts)}</div>
              </>
            ),
          },
          { key: 'result', title: t.scripts.result, cell: ({ item }) => <Outcome outcome={item} /> },
          ...(isCompared
            ? [
                {
                  key: 'live',
                  title: t.scripts.liveResult,
                  cell: ({ item }: { item: TriedScript }) =>
                    item.other && (
                      <>
                        <Outcome outcome={item.other} />
                        <div>
                          <Badge tone={item.differs ? 'warn' : 'ok'}>
                            {item.differs ? t.scripts.differs : t.scripts.same}
                          </Badge>
                        </div>
                      </>
                    ),
                },
              ]
            : []),
          {
            key: 'took',
            title: t.scripts.took,
            align: 'right',
            cell: ({ item }) => t.scripts.ms(amount(item.ms)),
          },
        ]}
      />
    </Stack>
  );
}

function whence({ call }: TriedScript, t: ReturnType<typeof useGuardText>['scripts']): string {
  return call ? `${call.resource} · ${t.call(t.verdicts[call.verdict])}` : t.own;
}

function Outcome({ outcome }: { readonly outcome: ScriptOutcome }) {
  const t = useGuardText();
  const say = useWords();
  const { failure, result } = outcome;
  if (!failure) return <code>{valueText(result ?? null)}</code>;
  return (
    <span>
      <Badge tone="bad">{failure.code}</Badge> {say(failure.text)}
      {failure.line !== undefined && (
        <span className="quiet"> {t.scripts.place(failure.line, failure.column ?? 1)}</span>
      )}
    </span>
  );
}
