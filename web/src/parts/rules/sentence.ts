import { canonicalText, type Json } from '@sluice/core';
import { amount, percent } from '../../lib/amount.ts';
import { dateTime, valueText } from '../../lib/format.ts';
import type { GuardTexts } from '../../lib/i18n/guard/guard-texts.ts';
import { conditionText } from './condition-text.ts';
import { fieldOf } from './rule-fields.ts';
import { isDraft, type RuleDraft, valueAt } from './rule-value.ts';
import { variantOf } from './rule-variants.ts';

/** A piece of a sentence: words, or the path of a field. */
export type Piece = { readonly words: string } | { readonly field: string };

/** The clauses of a sentence; all but the first may be left out. */
export function clausesOf(template: string): Piece[][] {
  return template.split('|').map((clause) =>
    clause
      .split(/(\{[^}]+\})/)
      .filter(Boolean)
      .map((part) => (part.startsWith('{') ? { field: part.slice(1, -1) } : { words: part })),
  );
}

function durationText(ms: number, t: GuardTexts): string {
  const [unit, size] =
    ms >= 3_600_000 && ms % 3_600_000 === 0
      ? (['h', 3_600_000] as const)
      : ms >= 60_000 && ms % 60_000 === 0
        ? (['min', 60_000] as const)
        : ms >= 1000 && ms % 100 === 0
          ? (['s', 1000] as const)
          : (['ms', 1] as const);
  return `${amount(ms / size)} ${t.units[unit]}`;
}

/** A field as people read it. */
function fieldText(draft: RuleDraft, path: string, value: Json, t: GuardTexts): string {
  const spec = fieldOf(draft, path);
  switch (spec.is) {
    case 'ms':
      return durationText(Number(value), t);
    case 'sec':
      return `${value} ${t.units.s}`;
    case 'share':
      return percent(Number(value));
    case 'perMillion':
      return percent(Number(value) / 1e6);
    case 'number':
      return typeof value === 'number' ? amount(value) : String(value);
    case 'choice':
      return t.optionNames[String(value)] ?? String(value);
    case 'moment':
      return dateTime(String(value));
    case 'list':
      return Array.isArray(value) ? value.map(valueText).join(', ') : valueText(value);
    default:
      return valueText(value);
  }
}

function answerText(onBlock: Json | undefined, t: GuardTexts): string {
  const says = t.editor.answerSays;
  if (!isDraft(onBlock)) return says.none;
  const { answer } = onBlock;
  if (answer === 'empty' || answer === 'lastGood') return says[answer];
  // As it is written: the answer "unknown" isn't one that nobody knows, and an empty text is to be seen.
  if (answer === 'value') return says.value(onBlock.value === undefined ? '…' : canonicalText(onBlock.value));
  if (answer === 'error') return says.error(valueText(onBlock.message));
  if (answer === 'http') return says.http(valueText(onBlock.status));
  if (answer === 'fallback') return says.fallback(valueText(onBlock.name));
  return says.script(valueText(onBlock.ruleId));
}

/** What a caller gets whom this rule refuses; nothing of rules that refuse nobody. */
export function getsText(draft: RuleDraft, t: GuardTexts): string {
  if (draft.kind === 'fault' || (draft.kind === 'script' && draft.role !== 'decide')) return '';
  const answer = answerText(draft.onBlock, t);
  return draft.kind === 'degrade' ? t.editor.degradedGets(answer) : t.editor.refusedGets(answer);
}

/** A rule as one sentence: what it does to which calls and when, and what a refused caller gets. */
export function sentenceOf(draft: RuleDraft, t: GuardTexts): string {
  const variant = variantOf(draft);
  const clauses = variant === undefined ? [] : clausesOf(t.sentences[variant]);
  const said = clauses
    .filter((clause, i) => i === 0 || clause.every((p) => 'words' in p || has(draft, p.field)))
    .map((clause) => clauseText(clause, draft, t))
    .join('');
  const per = isDraft(draft.per) && draft.per.by !== 'instance' ? perText(draft.per, t) : '';
  const scope = draft.scope === 'cluster' ? t.editor.scopeSays(t.optionNames.cluster!) : '';
  const when = draft.when === undefined ? '' : t.editor.onlySays(conditionText(draft.when, t));
  return said + per + scope + when + timesText(draft, t) + getsText(draft, t);
}

function clauseText(clause: readonly Piece[], draft: RuleDraft, t: GuardTexts): string {
  return clause
    .map((p, i) => {
      if ('words' in p) {
        const last = clause[i - 1];
        const isOne = last && 'field' in last && valueAt(draft, last.field) === 1;
        return isOne ? t.editor.afterOne(p.words) : p.words;
      }
      const value = valueAt(draft, p.field);
      if (value === undefined) return p.field === 'probes' ? '3' : '…';
      return fieldText(draft, p.field, value, t);
    })
    .join('');
}

function perText(per: RuleDraft, t: GuardTexts): string {
  const by = String(per.by) as keyof typeof t.editor.perBy;
  const path = per.path === undefined ? '' : `.${valueText(per.path)}`;
  const name = per.by === 'argument' ? `${valueText(per.index)}${path}` : per.name;
  const what = `${t.editor.perBy[by] ?? by}${name === undefined ? '' : ` ${valueText(name)}`}`;
  const others = isDraft(per.overrides) ? Object.keys(per.overrides).length : 0;
  return t.editor.perSays(what) + (others > 0 ? t.editor.overridesSay(others) : '');
}

/** From when until when the rule is in force, in the reader's zone. */
function timesText(draft: RuleDraft, t: GuardTexts): string {
  const from = valueAt(draft, 'effective.from');
  const until = valueAt(draft, 'effective.until');
  return (
    (typeof from === 'string' ? t.editor.fromSays(dateTime(from)) : '') +
    (typeof until === 'string' ? t.editor.untilSays(dateTime(until)) : '')
  );
}

const has = (draft: RuleDraft, path: string): boolean => valueAt(draft, path) !== undefined;
