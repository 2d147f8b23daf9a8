import {
  compileRules,
  type Json,
  type Language,
  lintNumbers,
  lintRules,
  type ResourceType,
  type Rule,
} from '@sluice/core';
import { faultsOf, rule as ruleShape } from '@sluice/protocol';

/** Something about a rule at one of its places; an error is refused when it is published. */
export interface Remark {
  readonly field: string;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly text: string;
}

interface Context {
  /** All rules of its namespace as they are in the editor. */
  readonly others: { readonly [key: string]: Json };
  readonly resources: readonly { readonly name: string; readonly type: ResourceType }[];
  readonly nowMs: number;
  readonly language: Language;
}

/** What is wrong with a rule, and what is likely meant otherwise, while it is being written. */
export function remarksOf(
  id: string,
  draft: Json,
  { others, resources, nowMs, language }: Context,
): Remark[] {
  const checked = ruleShape.safeParse(draft, { reportInput: true });
  if (!checked.success) {
    const found = lintNumbers(id, draft).map(({ field, severity, text }) => ({
      field,
      severity,
      text: text[language],
    }));
    const explained = new Set(found.filter(({ severity }) => severity === 'error').map(({ field }) => field));
    const faults = faultsOf(checked.error)
      .filter(({ path }) => !explained.has(path))
      .map(
        ({ path, message, zh }): Remark => ({
          field: path,
          severity: 'error',
          text: (language === 'zh' && zh) || message,
        }),
      );
    return [...faults, ...found];
  }
  const sound = Object.entries(others).filter(
    ([key, each]) => key !== id && ruleShape.safeParse(each).success,
  );
  const rules = Object.fromEntries([...sound, [id, checked.data as Rule]]) as Record<string, Rule>;
  return lintRules(rules, { nowMs, resources })
    .filter(({ rule }) => rule === id)
    .map(({ field, severity, text }) => ({ field, severity, text: text[language] }));
}

/** Those of some rules that are about a resource, by their ids. */
export function rulesAbout(
  rules: Readonly<Record<string, Rule>>,
  resource: string,
  type: ResourceType,
): ReadonlySet<string> {
  return new Set(
    compileRules(rules, 0, 0)
      .rulesOf(resource, type)
      .map(({ id }) => id),
  );
}
