import type { Json } from '@sluice/core';
import { valueText } from '../../lib/format.ts';
import type { GuardTexts } from '../../lib/i18n/guard/guard-texts.ts';
import { isDraft, type RuleDraft } from './rule-value.ts';

/** Longer ones are counted, not told. */
const longest = 160;

/** Which calls a condition is about, in words; how many tests it has, where the words would be too many. */
export function conditionText(condition: Json, t: GuardTexts): string {
  const text = joinedText(condition, t, true);
  return text.length > longest ? t.editor.someTests(testsIn(condition)) : text;
}

/** How many tests a condition joins. */
export function testsIn(condition: Json): number {
  const parts = partsOf(condition);
  if (parts) return parts.reduce<number>((sum, each) => sum + testsIn(each), 0);
  return isDraft(condition) ? 1 : 0;
}

function partsOf(condition: Json): readonly Json[] | undefined {
  if (!isDraft(condition)) return undefined;
  const inner = condition.and ?? condition.or ?? condition.not;
  return inner === undefined ? undefined : Array.isArray(inner) ? inner : [inner];
}

function joinedText(condition: Json, t: GuardTexts, isOuter: boolean): string {
  if (!isDraft(condition)) return valueText(condition);
  const parts = partsOf(condition);
  if (!parts) return testText(condition, t);
  const isNot = condition.not !== undefined;
  const joined = parts
    .map((part) => joinedText(part, t, isNot || parts.length === 1))
    .join(condition.or === undefined ? t.editor.joins.and : t.editor.joins.or);
  if (isNot) return t.editor.joins.not(joined);
  return isOuter || parts.length === 1 ? joined : `(${joined})`;
}

function testText(test: RuleDraft, t: GuardTexts): string {
  const { subjects, ops, joins } = t.editor;
  const subject = subjects[test.on as keyof typeof subjects] ?? valueText(test.on);
  const path = test.path === undefined ? '' : `.${valueText(test.path)}`;
  const name =
    test.on === 'argument' ? ` ${valueText(test.index)}${path}` : test.name ? ` ${valueText(test.name)}` : '';
  if (test.op === 'exists') return `${subject}${name} ${test.value === false ? joins.absent : ops.exists}`;
  const value = Array.isArray(test.values) ? test.values.map(valueText).join(', ') : valueText(test.value);
  return `${subject}${name} ${ops[test.op as keyof typeof ops] ?? valueText(test.op)} ${value === '' ? '""' : value}`;
}
