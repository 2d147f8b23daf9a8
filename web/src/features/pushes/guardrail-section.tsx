import type { Health } from '@sluice/core';
import { contracts, type Judgement, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { read } from '../../lib/transport.ts';
import { Moment } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { GuardrailTable } from './guardrail-table.tsx';

const tones: Readonly<Record<Health, Tone>> = { healthy: 'ok', unknown: 'warn', breached: 'bad' };
/** While its layers stand, windows are judged; the page asks as often as there may be something new. */
const everyMs = 2500;

/** How the members of a gray do against the rest, window by window, and what that came to. */
export function GuardrailSection({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const say = useWords();
  const params = { env: push.environment, app: push.app, push: push.id };
  const report = useQuery({
    ...read(contracts.getPushGuardrail, { params }),
    refetchInterval: push.health ? everyMs : false,
  });
  const isJudged = push.health !== undefined;
  const { refetch } = report;
  // The window that ended it was judged after the last question.
  useEffect(() => {
    if (!isJudged) void refetch({ cancelRefetch: false });
  }, [isJudged, refetch]);
  return (
    <Section title={t.guardrail.title}>
      <Loaded of={report}>
        {({ off, rule, now, log }) => {
          if (off !== undefined) return <Notice tone="idle">{t.guardrail.none(off)}</Notice>;
          const shown = now ?? log[0];
          return (
            <Stack>
              {push.health && (
                <div role="status">
                  <Badge tone={tones[push.health.is]}>{t.guardrail.health[push.health.is]}</Badge>{' '}
                  <span className="quiet">
                    {t.guardrail.since} <Moment at={push.health.since} short />
                  </span>{' '}
                  {push.health.why && say(push.health.why)}
                </div>
              )}
              {rule && (
                <span className="quiet">
                  {t.guardrail.rule(rule.windows, rule.minCalls)} {t.guardrail[rule.onBreach]}
                </span>
              )}
              {shown ? (
                <Window judgement={shown} minCalls={rule?.minCalls ?? 0} />
              ) : (
                <p className="quiet">{t.guardrail.noWindow}</p>
              )}
              {log.length > 0 && <History log={log} />}
            </Stack>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Window({ judgement, minCalls }: { readonly judgement: Judgement; readonly minCalls: number }) {
  const t = useDeliveryText();
  return (
    <Stack>
      <Facts
        facts={[
          [t.guardrail.window, <Moment key="until" at={judgement.until} />],
          [t.guardrail.instances, t.guardrail.sides(judgement.instances.cohort, judgement.instances.rest)],
        ]}
      />
      <GuardrailTable readings={judgement.readings} minCalls={minCalls} />
    </Stack>
  );
}

function History({ log }: { readonly log: readonly Judgement[] }) {
  const t = useDeliveryText();
  const say = useWords();
  return (
    <details>
      <summary>{t.guardrail.history(log.length)}</summary>
      <ul>
        {log.map((judgement) => (
          <li key={judgement.until}>
            <Moment at={judgement.until} />{' '}
            <Badge tone={tones[judgement.health]}>{t.guardrail.health[judgement.health]}</Badge>{' '}
            {judgement.why && say(judgement.why)}
          </li>
        ))}
      </ul>
    </details>
  );
}
