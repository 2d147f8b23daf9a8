import type { Rule } from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Notice } from '../../ui/notice.tsx';
import { PredictionPanel } from './prediction/prediction-panel.tsx';
import { RuleRelease } from './rule-release.tsx';
import { ruleResource } from './rule-resource.ts';
import type { RuleDraft } from './rule-value.ts';
import { sentenceOf } from './sentence.ts';

interface Props {
  readonly place: { readonly env: string; readonly app: string };
  readonly namespace: NamespaceDetail;
  readonly ruleId: string;
  readonly rule: Rule;
  readonly to: Rule['mode'];
  readonly onClose: () => void;
}

/** A live rule to another mode as one action, with what it would block beside the button. */
export function ModePanel({ place, namespace, ruleId, rule, to, onClose }: Props) {
  const g = useGuardText();
  const next = { ...rule, mode: to } as unknown as RuleDraft;
  const ref = `${namespace.name}/${ruleId}`;
  return (
    <RuleRelease
      place={place}
      namespace={namespace}
      ruleId={ruleId}
      rule={next}
      title={g.switchMode.title(ruleId, g.modes[to])}
      diffTitle={g.switchMode.diff}
      buttonText={(online) => g.switchMode.button(g.modes[to], online)}
      defaultMessage={g.switchMode.title(ref, g.modes[to])}
      onClose={onClose}
    >
      <Notice tone={to === 'intercept' ? 'warn' : 'busy'}>
        <code>{ruleResource(next)}</code> {sentenceOf(next, g)}
      </Notice>
      {to !== 'off' && <PredictionPanel place={place} draft={next} liveRef={ref} />}
      <p className="quiet">{g.switchMode.otherDraft}</p>
    </RuleRelease>
  );
}
