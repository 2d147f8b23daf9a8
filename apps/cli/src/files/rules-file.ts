import type { Fault, Json, Rule } from '@sluice/core';
import { faultsOf, rule as ruleCheck } from '@sluice/protocol';
import { CliError, faultLines, nothingChanged, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import type { Io } from '../host/io.ts';
import { readSource } from './read-source.ts';
import { yamlFault } from './yaml-fault.ts';

/** Rules as somebody wrote them, by id, not checked yet. */
export type DraftRules = Readonly<Record<string, Json>>;

/** The id of a rule that stands alone in its file. */
const onlyRule = 'rule';

/** Rules of one namespace; of which one, only an export says. */
interface RuleSet {
  readonly namespace?: string;
  readonly rules: DraftRules;
}

/**
 * Rules from JSON or YAML: by id, one alone, or an export of namespaces, of which those with rules count; rules of
 * several namespaces are named `namespace/key`.
 */
export async function readDraftRules(io: Io, path: string): Promise<DraftRules> {
  const sets = await readSets(io, path);
  return sets.length === 1 ? sets[0]!.rules : withRefs(sets);
}

/** The same, each checked whole; what is wrong is told place by place. */
export async function readRules(io: Io, path: string): Promise<Record<string, Rule>> {
  return checked(path, await readDraftRules(io, path));
}

/**
 * The same for an app, where rules have a place: those of an export are named `namespace/key`. Where a namespace is
 * named it gets its own of several, by key, or all there are.
 */
export async function readDraftsFor(
  io: Io,
  path: string,
  namespace: string | undefined,
): Promise<DraftRules> {
  const sets = await readSets(io, path);
  if (namespace === undefined) return withRefs(sets);
  const own = sets.length === 1 ? sets[0] : sets.find((set) => set.namespace === namespace);
  if (own) return own.rules;
  throw usageError(
    {
      en: '{path} holds rules of {names}, not of {namespace}.',
      zh: '{path} 中有 {names} 的规则，没有 {namespace} 的。',
    },
    {
      en: 'Name one of them, or no namespace for all.',
      zh: '请指定其中一个命名空间，或不指定以使用全部。',
    },
    { path, namespace, names: sets.map((set) => set.namespace).join(', ') },
  );
}

/** The same, each checked whole. */
export async function readRulesFor(
  io: Io,
  path: string,
  namespace: string | undefined,
): Promise<Record<string, Rule>> {
  return checked(path, await readDraftsFor(io, path, namespace));
}

const withRefs = (sets: readonly RuleSet[]): DraftRules =>
  Object.fromEntries(
    sets.flatMap(({ namespace, rules }) =>
      Object.entries(rules).map(([key, each]) => [
        namespace === undefined ? key : `${namespace}/${key}`,
        each,
      ]),
    ),
  );

async function readSets(io: Io, path: string): Promise<readonly RuleSet[]> {
  const text = await readSource(io, path);
  const data = await dataOf(path, text);
  if (isRecord(data)) {
    const exported = Array.isArray(data.namespaces) ? data.namespaces.filter(isRecord) : [data];
    const sets = exported.flatMap(rulesWithin);
    if (sets.length > 0) return sets;
    if (typeof data.kind === 'string' && 'resource' in data) return [{ rules: { [onlyRule]: data as Json } }];
    const byId = isRecord(data.items) && data.kind === 'rules' ? data.items : data;
    if (Object.keys(byId).length > 0 && Object.values(byId).every(isRecord))
      return [{ rules: byId as DraftRules }];
  }
  throw notRules(path, {
    en: 'it holds no rules by id, like {"per-client": {"kind": "limit", ...}}',
    zh: '其中没有按标识列出的规则，例如 {"per-client": {"kind": "limit", ...}}',
  });
}

function checked(path: string, drafts: DraftRules): Record<string, Rule> {
  const faults: Fault[] = [];
  const rules = Object.entries(drafts).map(([id, draft]): [string, Rule] => {
    const parsed = ruleCheck.safeParse(draft, { reportInput: true });
    if (!parsed.success)
      faults.push(
        ...faultsOf(parsed.error).map((f) => ({ ...f, path: f.path === '' ? id : `${id}.${f.path}` })),
      );
    return [id, parsed.data as Rule];
  });
  if (faults.length === 0) return Object.fromEntries(rules);
  throw new CliError(
    'invalid_rules',
    exitCode.failure,
    {
      what: { en: '{path} holds rules that are not valid:', zh: '{path} 中的规则不合法：' },
      still: nothingChanged,
      todo: { en: 'Correct what is listed.', zh: '请修正列出的各项。' },
    },
    { path },
    { lines: faultLines(faults) },
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rulesWithin(exported: Record<string, unknown>): RuleSet[] {
  const { name, kind, content } = exported;
  if (typeof name !== 'string' || kind !== 'rules' || !isRecord(content) || !isRecord(content.items))
    return [];
  return [{ namespace: name, rules: content.items as DraftRules }];
}

async function dataOf(path: string, text: string): Promise<unknown> {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    const { parseDocument } = await import('yaml');
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error) throw notRules(path, yamlFault(error));
    try {
      return document.toJS();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw notRules(path, { en: reason, zh: reason });
    }
  }
}

function notRules(path: string, reason: { en: string; zh: string }): CliError {
  return new CliError(
    'not_rules',
    exitCode.failure,
    {
      what: { en: '{path} could not be read as rules: {reason}', zh: '无法从 {path} 读取规则：{reason}' },
      still: nothingChanged,
      todo: {
        en: 'Write rules by id as JSON or YAML, or export them with "sluice export".',
        zh: '请用 JSON 或 YAML 按标识写出规则，或用 "sluice export" 导出。',
      },
    },
    { path, reason },
  );
}
