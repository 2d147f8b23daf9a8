import type { Degrade, ErrorText, Rule, Rules, ScriptRule } from '@sluice/core';
import { faultsOf, firstFault, rule } from '@sluice/protocol/client';
import { reason } from '../notices/reasons.ts';
import type { Held } from '../snapshot/held.ts';

type Parsed = { readonly rules: Rules } | { readonly refusal: ErrorText };

/** Contents never change, so each is read once. */
const known = new WeakMap<object, Parsed>();

/** Why a namespace can't be obeyed; undefined for one without rules, too. */
export function rulesRefusal(held: Held): ErrorText | undefined {
  const parsed = parsedRules(held);
  return 'refusal' in parsed ? parsed.refusal : undefined;
}

/** All rules of these namespaces, by `namespace/key`; those that can't be obeyed are left out. */
export function ruleSetOf(namespaces: Iterable<Held>): { readonly rules: Rules; readonly revision: number } {
  const rules: Record<string, Rule> = {};
  let revision = 0;
  for (const held of namespaces) {
    if (held.kind !== 'rules') continue;
    const parsed = parsedRules(held);
    if ('refusal' in parsed) continue;
    Object.assign(rules, parsed.rules);
    revision = Math.max(revision, held.revision);
  }
  return { rules, revision };
}

/** The scripts among them. */
export function scriptsOf(rules: Rules): ReadonlyMap<string, ScriptRule> {
  const scripts = new Map<string, ScriptRule>();
  for (const [id, each] of Object.entries(rules))
    if (each.kind === 'script' && each.mode !== 'off') scripts.set(id, each);
  return scripts;
}

function parsedRules(held: Held): Parsed {
  const { content } = held;
  const before = known.get(content);
  if (before) return before;
  const parsed = parse(held);
  known.set(content, parsed);
  return parsed;
}

function parse({ name, content }: Held): Parsed {
  if (content.kind !== 'rules') return { rules: {} };
  const rules: Record<string, Rule> = {};
  for (const [key, raw] of Object.entries(content.items)) {
    const checked = rule.safeParse(raw, { reportInput: true });
    if (!checked.success) {
      const fault = firstFault(faultsOf(checked.error));
      return { refusal: reason('rule_unusable', { rule: `${name}/${key}`, fault }) };
    }
    rules[`${name}/${key}`] = named(checked.data as Rule, name);
  }
  return { rules };
}

/** A rule names a script by its key in the same namespace. */
function named(parsed: Rule, namespace: string): Rule {
  if (parsed.onBlock?.answer !== 'script') return parsed;
  const onBlock: Degrade = { answer: 'script', ruleId: `${namespace}/${parsed.onBlock.ruleId}` };
  return { ...parsed, onBlock };
}
