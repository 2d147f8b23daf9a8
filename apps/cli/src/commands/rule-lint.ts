import { type Fault, lintNumbers, lintRules, type Rules } from '@sluice/core';
import { faultsOf, type LintFinding, rule as ruleCheck, ruleId } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { type DraftRules, readDraftRules, readDraftsFor } from '../files/rules-file.ts';
import { inApp } from '../reference/missing.ts';
import { namespaceOfRules } from '../rules/known-rules.ts';

export interface LintFlags {
  readonly file?: string;
}

const severityWords = {
  error: { en: 'error', zh: '错误' },
  warning: { en: 'warning', zh: '警告' },
  hint: { en: 'hint', zh: '提示' },
} as const;

interface Linted {
  readonly checked: number;
  readonly items: readonly LintFinding[];
  readonly resourcesKnown: boolean;
}

/** `sluice rule lint`: what is likely wrong with rules. Exit 1 when one could not even be published. */
export async function lint(
  context: Context,
  app: string | undefined,
  namespace: string | undefined,
  { file }: LintFlags,
): Promise<ExitCode> {
  const linted =
    app !== undefined
      ? await byServer(context, app, namespace, file)
      : lintHere(context, await readDraftRules(context.io, file ?? nothingNamed()));
  const { output, say, language } = context;
  await output.list(linted.items, [
    { head: { en: 'SEVERITY', zh: '级别' }, cell: (f) => say(severityWords[f.severity]) },
    { head: { en: 'RULE', zh: '规则' }, cell: (f) => f.rule },
    { head: { en: 'FIELD', zh: '字段' }, cell: (f) => f.field || '-' },
    { head: { en: 'FINDING', zh: '发现' }, cell: (f) => f.text[language] },
  ]);
  const errors = linted.items.filter((f) => f.severity === 'error').length;
  output.note(
    say(
      {
        en: '{checked} rules checked, {findings} findings, {errors} of them errors.',
        zh: '检查了 {checked} 条规则，发现 {findings} 个问题，其中 {errors} 个错误。',
      },
      { checked: linted.checked, findings: linted.items.length, errors },
    ),
  );
  if (!linted.resourcesKnown && linted.checked > 0)
    output.note(
      say({
        en: 'No calls are known here, so nothing is said about names of resources.',
        zh: '这里没有已知的调用，因此未检查资源名称。',
      }),
    );
  return errors > 0 ? exitCode.failure : exitCode.ok;
}

function nothingNamed(): never {
  throw usageError(
    { en: 'Which rules?', zh: '请指定规则。' },
    { en: 'Name an app, or a file with -f.', zh: '请给出应用，或用 -f 指定文件。' },
  );
}

async function byServer(
  context: Context,
  app: string,
  namespace: string | undefined,
  file: string | undefined,
): Promise<Linted> {
  const rules = file === undefined ? undefined : await readDraftsFor(context.io, file, namespace);
  // A file may be meant for a namespace that is yet to come; of one that is live, no rules would be no fault.
  if (namespace !== undefined && rules === undefined) await namespaceOfRules(context, app, namespace);
  const [api, env] = [await context.api(), await context.environment()];
  return inApp(context, app, () =>
    api.call(contracts.lintRules, {
      params: { env, app },
      body: { ...(namespace !== undefined && { namespace }), ...(rules && { rules }) },
    }),
  );
}

/** Without a server: everything but what only its traffic could tell. */
function lintHere({ io }: Context, drafts: DraftRules): Linted {
  const items: LintFinding[] = [];
  const valid: Record<string, Rules[string]> = {};
  for (const [id, draft] of Object.entries(drafts)) {
    const named = ruleId.safeParse(id, { reportInput: true });
    const parsed = ruleCheck.safeParse(draft, { reportInput: true });
    if (!named.success) items.push(...invalid(id, undefined, faultsOf(named.error)));
    if (!parsed.success) items.push(...invalid(id, draft, faultsOf(parsed.error)));
    else if (named.success) valid[id] = parsed.data as Rules[string];
  }
  items.push(...lintRules(valid, { nowMs: io.now() }));
  return { checked: Object.keys(drafts).length, items, resourcesKnown: false };
}

/** What the check refused; where numbers explain why, they do so instead. */
function invalid(id: string, draft: unknown, faults: readonly Fault[]): LintFinding[] {
  const explained = lintNumbers(id, draft);
  const fields = new Set(explained.map(({ field }) => field));
  return [
    ...explained,
    ...faults
      .filter(({ path }) => !fields.has(path))
      .map(
        ({ path, message, zh }): LintFinding => ({
          code: 'invalid',
          severity: 'error',
          rule: id,
          field: path,
          text: { en: message, zh: zh ?? message },
        }),
      ),
  ];
}
