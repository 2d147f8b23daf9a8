import type { GuardTexts } from '../../lib/i18n/guard/guard-texts.ts';
import type { RuleDraft } from '../../parts/rules/rule-value.ts';
import { asVariant, type Variant, variantOf, variants } from '../../parts/rules/rule-variants.ts';

/** What can go wrong in a drill, by the names that faults have among rules. */
export const faultVariants: readonly Variant[] = variants.filter((each) => each.startsWith('fault.'));

/** A fault of a drill as the rule that it becomes in the instances, to be written by the same sentence. */
export const asRule = (fault: RuleDraft): RuleDraft => ({ kind: 'fault', ...fault });

/** What goes wrong, as the designer of a drill chooses it. */
export function faultWords(fault: RuleDraft, t: GuardTexts): string {
  const variant = variantOf(asRule(fault));
  return variant === undefined ? String(fault.fault) : t.variantNames[variant];
}

/** What only the rule says: its kind, and what the drill says of all its faults. */
const ofTheRule: ReadonlySet<string> = new Set(['kind', 'perMillion', 'deadline']);

/** The fault of a drill that such a rule says. */
export const asFault = (rule: RuleDraft): RuleDraft =>
  Object.fromEntries(Object.entries(rule).filter(([field]) => !ofTheRule.has(field)));

/** The same calls broken in another way. */
export function otherFault(fault: RuleDraft, variant: Variant): RuleDraft {
  const { resource, share, seed } = fault;
  const start = asFault(asVariant(asRule(fault), variant, 0));
  return {
    ...(resource !== undefined && { resource }),
    share: share ?? 1,
    ...(seed !== undefined && { seed }),
    ...start,
  };
}

/** A name that no other fault has. */
export function freshName(taken: readonly string[]): string {
  for (let n = 1; ; n++) if (!taken.includes(`fault-${n}`)) return `fault-${n}`;
}
