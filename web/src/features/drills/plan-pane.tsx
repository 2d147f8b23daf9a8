import type { DrillFinding, DrillPlan } from '@sluice/protocol';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { NameList } from '../../parts/name-list.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Checks } from './checks.tsx';

/** In whom it would be, by name, and what would keep it from starting. */
export function PlanPane({ plan }: { readonly plan: DrillPlan }) {
  const t = useDrillsText();
  return (
    <Stack gap={12}>
      <Facts
        facts={[
          [
            t.drills.state,
            <Badge key="ready" tone={plan.ready ? 'ok' : 'warn'}>
              {plan.ready ? t.drills.ready : t.drills.notReady}
            </Badge>,
          ],
          [t.drills.targets, t.drills.who(plan.targets.length, plan.online)],
        ]}
      />
      {plan.targets.length > 0 && (
        <NameList label={t.drills.targets} names={plan.targets.map(({ instanceId }) => instanceId)} />
      )}
      <Findings findings={plan.findings} />
      <Checks measures={plan.measures} />
    </Stack>
  );
}

/** What keeps a drill from starting, or should be known before. */
function Findings({ findings }: { readonly findings: readonly DrillFinding[] }) {
  const language = useLanguage();
  return findings.map((finding) => (
    <Notice
      key={`${finding.code} ${finding.subject ?? ''} ${finding.text.en}`}
      tone={finding.severity === 'refused' ? 'bad' : 'warn'}
    >
      {finding.text[language]}
    </Notice>
  ));
}
