import type { Json, Rule } from '@sluice/core';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import type { RuleDraft } from '../../../parts/rules/rule-value.ts';
import { sentenceOf } from '../../../parts/rules/sentence.ts';
import styles from './values.module.css';

/** A rule as one sentence, with its mode; what isn't there is drawn as not there. */
export function RuleCell({ value }: { readonly value: Json | undefined }) {
  const t = useDeliveryText();
  const g = useGuardText();
  if (value === undefined) return <span className={styles.none}>{t.values.notThere}</span>;
  const rule = value as RuleDraft;
  const text = `${g.modes[rule.mode as Rule['mode']] ?? ''} · ${sentenceOf(rule, g)}`;
  return (
    <span className={styles.sentence} title={text}>
      {text}
    </span>
  );
}
