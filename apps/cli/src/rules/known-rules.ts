import type { Rule, Rules } from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type CliError, usageError } from '../failure/cli-error.ts';
import { missing, namespacesOf } from '../reference/missing.ts';
import { namespacePart, resolveReference } from '../reference/reference.ts';

/** A rule by its place: the namespace that holds it, and its key there. */
export interface RulePlace {
  readonly namespace: string;
  readonly key: string;
}

/** Finds the place that `<ns>.<rule>` names among namespaces of rules. */
export async function rulePlaces(
  context: Context,
  app: string,
  texts: readonly string[],
): Promise<RulePlace[]> {
  const all = await namespacesOf(context, app);
  const names = all.filter((n) => n.kind === 'rules').map((n) => n.name);
  const env = await context.environment();
  return texts.map((written) => {
    // The id of a rule outside of its namespace is `namespace/key`: what errors and reports say can be typed.
    const slash = written.indexOf('/');
    const text = slash > 0 ? `${written.slice(0, slash)}.${written.slice(slash + 1)}` : written;
    const found = resolveReference(text, names, true);
    if (found?.key !== undefined) return { namespace: found.namespace, key: found.key };
    if (names.includes(text))
      throw usageError(
        { en: '"{text}" is a namespace; the rule is missing.', zh: '“{text}”是命名空间，缺少规则。' },
        { en: 'Write {text}.<rule>.', zh: '请写成 {text}.<规则>。' },
        { text },
      );
    const other = resolveReference(
      text,
      all.map((n) => n.name),
    );
    if (other) throw holdsNoRules(app, other.namespace);
    throw missing('namespace', namespacePart(text), `${app} (${env})`, names);
  });
}

/** Makes sure that an app has a namespace of that name, and that it holds rules. */
export async function namespaceOfRules(context: Context, app: string, name: string): Promise<void> {
  const all = await namespacesOf(context, app);
  const found = all.find((n) => n.name === name);
  if (found?.kind === 'rules') return;
  if (found) throw holdsNoRules(app, name);
  const names = all.filter((n) => n.kind === 'rules').map((n) => n.name);
  throw missing('namespace', name, `${app} (${await context.environment()})`, names);
}

const holdsNoRules = (app: string, ns: string): CliError =>
  usageError(
    { en: '"{ns}" holds no rules.', zh: '“{ns}”中不是规则。' },
    { en: 'See the rules with "sluice rule ls {app}".', zh: '请用 "sluice rule ls {app}" 查看规则。' },
    { ns, app },
  );

/** The rules that are live in a namespace; they were checked when they were released. */
export function rulesOf({ target }: NamespaceDetail): Rules {
  return target?.kind === 'rules' ? (target.items as unknown as Rules) : {};
}

/** The live rule at a place, or which one was probably meant. */
export function ruleAt(detail: NamespaceDetail, key: string, env: string): Rule {
  const rules = rulesOf(detail);
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
  if (rule) return rule;
  throw missing(
    'rule',
    `${detail.name}.${key}`,
    `${detail.app} (${env})`,
    Object.keys(rules).map((k) => `${detail.name}.${k}`),
  );
}

/** A namespace as it is live. */
export async function namespaceDetail(context: Context, app: string, ns: string): Promise<NamespaceDetail> {
  const [api, env] = [await context.api(), await context.environment()];
  return api.call(contracts.getNamespace, { params: { env, app, ns } });
}
