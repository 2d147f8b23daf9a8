import type { Json } from '@sluice/core';
import { amount, percent } from '../../lib/amount.ts';
import { dateTime, valueText } from '../../lib/format.ts';
import type { GuardTexts } from '../../lib/i18n/guard/guard-texts.ts';
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

export function answerText(onBlock: Json | undefined, t: GuardTexts): string {
  const says = t.editor.answerSays;
  if (!isDraft(onBlock)) return says.none;
  const { answer } = onBlock;
  if (answer === 'empty' || answer === 'lastGood') return says[answer];
  if (answer === 'value') return says.value(valueText(onBlock.value));
  if (answer === 'error') return says.error(valueText(onBlock.message));
  if (answer === 'http') return says.http(valueText(onBlock.status));
  if (answer === 'fallback') return says.fallback(valueText(onBlock.name));
  return says.script(valueText(onBlock.ruleId));
}

/** A rule as one sentence: what it does to which calls, and what a refused caller gets. */
export function sentenceOf(draft: RuleDraft, t: GuardTexts): string {
  const variant = variantOf(draft);
  const clauses = variant === undefined ? [] : clausesOf(t.sentences[variant]);
  const said = clauses
    .filter((clause, i) => i === 0 || clause.every((p) => 'words' in p || has(draft, p.field)))
    .map((clause) =>
      clause
        .map((p) => {
          if ('words' in p) return p.words;
          const value = valueAt(draft, p.field);
          return value === undefined
            ? p.field === 'probes'
              ? '3'
              : '…'
            : fieldText(draft, p.field, value, t);
        })
        .join(''),
    )
    .join('');
  const per = isDraft(draft.per) && draft.per.by !== 'instance' ? perText(draft.per, t) : '';
  const scope = draft.scope === 'cluster' ? t.editor.scopeSays(t.optionNames.cluster!) : '';
  const refuses = draft.kind !== 'fault' && !(draft.kind === 'script' && draft.role !== 'decide');
  const answer = refuses ? t.editor.elseSays(answerText(draft.onBlock, t)) : '';
  return said + per + scope + answer;
}

function perText(per: RuleDraft, t: GuardTexts): string {
  const by = String(per.by) as keyof typeof t.editor.perBy;
  const name = per.name ?? (per.by === 'argument' ? per.index : undefined);
  return t.editor.perSays(`${t.editor.perBy[by] ?? by}${name === undefined ? '' : ` ${valueText(name)}`}`);
}

const has = (draft: RuleDraft, path: string): boolean => valueAt(draft, path) !== undefined;
