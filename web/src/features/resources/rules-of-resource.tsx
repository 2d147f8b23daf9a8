import type { Rule } from '@sluice/core';
import type { ResourceDetail } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { amount } from '../../lib/amount.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useText } from '../../lib/i18n/language.ts';
import { ModeActions } from '../../parts/rules/mode-actions.tsx';
import { ModeBadge } from '../../parts/rules/mode-badge.tsx';
import { ModePanel } from '../../parts/rules/mode-panel.tsx';
import { rulesAbout } from '../../parts/rules/rule-remarks.ts';
import type { RuleDraft } from '../../parts/rules/rule-value.ts';
import { sentenceOf } from '../../parts/rules/sentence.ts';
import type { LiveRules } from '../../parts/rules/use-live-rules.ts';
import { ScriptStanding } from '../../parts/scripts/script-standing.tsx';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';
import { Action } from '../../ui/action.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty, LoadingRows } from '../../ui/empty.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row } from '../../ui/stack.tsx';

interface Props {
  readonly place: ResourcePlace;
  readonly live: LiveRules;
  /** What rules did in the last minute; absent while nobody told of it. */
  readonly counts: ResourceDetail['rules'] | undefined;
  readonly protect: () => void;
}

/** Live rules about a resource: what they say, what they did in the last minute, and the way to another mode. */
export function RulesOfResource({ place, live, counts, protect }: Props) {
  const t = useText();
  const g = useGuardText();
  const { env, app, resource, type } = place;
  const may = useMay('config:publish', { environment: env, app });
  const [switching, setSwitching] = useState<{ readonly id: string; readonly to: Rule['mode'] }>();
  const about = rulesAbout(live.rules, resource, type);
  const rows = Object.entries(live.rules).filter(([id]) => about.has(id));
  const picked = switching && live.rules[switching.id];
  const [ns, key] = switching ? partsOf(switching.id) : ['', ''];
  const namespace = live.namespaces?.find((each) => each.name === ns);
  return (
    <Section flush title={g.resources.rulesHere}>
      {live.error && <ProblemBox error={live.error} />}
      {live.namespaces === undefined && !live.error ? (
        <LoadingRows rows={1} label={t.common.loading} />
      ) : (
        <DataTable
          label={g.resources.rulesHere}
          rows={rows}
          rowKey={([id]) => id}
          empty={
            <Empty
              title={g.resources.noRules}
              action={
                <Action blocked={may.reason} onClick={protect}>
                  {g.resources.protect}
                </Action>
              }
            >
              {g.resources.noRulesHint}
            </Empty>
          }
          columns={[
            {
              key: 'rule',
              title: g.ruleList.rule,
              cell: ([id]) => <span className="mono">{id}</span>,
            },
            { key: 'mode', title: g.ruleList.mode, cell: ([, rule]) => <ModeBadge mode={rule.mode} /> },
            {
              key: 'says',
              title: g.ruleList.says,
              width: '42%',
              cell: ([id, rule]) => (
                <>
                  {sentenceOf(rule as unknown as RuleDraft, g)}
                  {rule.kind === 'script' && <ScriptStanding place={{ env, app }} rule={id} />}
                </>
              ),
            },
            {
              key: 'minute',
              title: g.ruleList.lastMinute,
              cell: ([id]) => {
                if (!counts) return <span className="quiet">{g.resources.noReport}</span>;
                const found = counts.find((each) => each.rule === id);
                if (!found) return <span className="quiet">{g.ruleList.nothing}</span>;
                return (
                  <>
                    {found.blocked > 0 && <div>{g.ruleList.blocked(amount(found.blocked))}</div>}
                    {found.wouldBlock > 0 && <div>{g.ruleList.wouldBlock(amount(found.wouldBlock))}</div>}
                  </>
                );
              },
            },
            {
              key: 'actions',
              title: <span className="visually-hidden">{g.ruleList.actions}</span>,
              align: 'right',
              cell: ([id, rule]) => {
                const [inNs, inKey] = partsOf(id);
                return (
                  <Row end>
                    <Link
                      to="/environments/$env/apps/$app/namespaces/$ns"
                      params={{ env, app, ns: inNs }}
                      search={{ rule: inKey }}
                      aria-label={g.switchMode.openNamed(g.ruleList.edit, inKey)}
                    >
                      {g.ruleList.edit}
                    </Link>
                    <ModeActions
                      name={inKey}
                      mode={rule.mode}
                      blocked={may.reason}
                      open={(to) => setSwitching({ id, to })}
                    />
                  </Row>
                );
              },
            },
          ]}
        />
      )}
      {switching && picked && namespace && (
        <ModePanel
          place={{ env, app }}
          namespace={namespace}
          ruleId={key}
          rule={picked}
          to={switching.to}
          onClose={() => setSwitching(undefined)}
        />
      )}
    </Section>
  );
}

function partsOf(ref: string): [string, string] {
  const at = ref.indexOf('/');
  return [ref.slice(0, at), ref.slice(at + 1)];
}
