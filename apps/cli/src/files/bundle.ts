import { type Fault, ruleKinds } from '@sluice/core';
import { faultsOf, type NamespaceFile, name, namespaceFile, revision } from '@sluice/protocol';
import { z } from 'zod';
import { CliError, faultLines, nothingChanged } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { yamlFault } from './yaml-fault.ts';

/** Namespaces as `sluice export` writes them. The revision says from which state they were taken. */
export interface Bundle {
  readonly app?: string;
  readonly environment?: string;
  readonly revision?: number;
  readonly namespaces: readonly NamespaceFile[];
}

const bundle = z.strictObject({
  app: name.optional(),
  environment: name.optional(),
  revision: revision.optional(),
  namespaces: z.array(namespaceFile).min(1),
});

/** Data of a file that says of itself that it is an export, whole or one namespace of it; else undefined. */
function exported(value: unknown): { namespaces: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  if (Array.isArray(fields.namespaces) && fields.namespaces.some(looksLikeOne))
    return fields as { namespaces: unknown };
  return looksLikeOne(value) ? { namespaces: [value] } : undefined;
}

const looksLikeOne = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'name' in value && 'kind' in value && 'content' in value;

/** Reads an export in YAML or JSON; undefined when the text is something else. A faulty export is an error. */
export async function parseBundle(path: string, text: string): Promise<Bundle | undefined> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text);
  const only = Array.isArray(documents) && documents.length === 1 ? documents[0] : undefined;
  if (!only || only.errors.length > 0) return undefined;
  let data: ReturnType<typeof exported>;
  try {
    data = exported(only.toJS());
  } catch {
    return undefined; // aliases without end: not one of ours
  }
  if (!data) return undefined;
  const parsed = bundle.safeParse(data);
  if (!parsed.success) throw faulty(path, faultsOf(parsed.error));
  return parsed.data;
}

/** Whether YAML or JSON is rules, by id or one alone, as the commands about rules take them. */
export async function holdsRules(text: string): Promise<boolean> {
  const { parseDocument } = await import('yaml');
  try {
    const data: unknown = parseDocument(text).toJS();
    if (isRule(data)) return true;
    const { kind, items, content } = fieldsOf(data);
    if (kind === 'rules' && (items !== undefined || content !== undefined)) return true;
    const all = Object.values(fieldsOf(data));
    return all.length > 0 && all.every(isRule);
  } catch {
    return false;
  }
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function isRule(value: unknown): boolean {
  const { kind, resource } = fieldsOf(value);
  return ruleKinds.some((each) => each === kind) && resource !== undefined;
}

function faulty(path: string, faults: readonly Fault[]): CliError {
  return new CliError(
    'invalid_file',
    exitCode.failure,
    {
      what: {
        en: '{path} is an export of namespaces, but it is not valid:',
        zh: '{path} 是命名空间的导出文件，但内容不合法：',
      },
      still: nothingChanged,
      todo: { en: 'Correct what is listed.', zh: '请修正列出的各项。' },
    },
    { path },
    { lines: faultLines(faults) },
  );
}

/** Why a file that had to be an export is none: where its YAML or JSON breaks, or that it holds no namespaces. */
export async function notABundle(path: string, text: string): Promise<CliError> {
  const { parseDocument } = await import('yaml');
  const [error] = parseDocument(text).errors;
  return new CliError(
    'not_an_export',
    exitCode.failure,
    {
      what: error
        ? { en: '{path} could not be read: {fault}.', zh: '无法解析 {path}：{fault}。' }
        : {
            en: '{path} holds no namespaces in the form that "sluice export" writes.',
            zh: '{path} 中没有 "sluice export" 格式的命名空间。',
          },
      still: nothingChanged,
      todo: error
        ? {
            en: 'Correct that place. To release the file as it is, as a document, add --namespace <name>.',
            zh: '请修正该处。如果要把该文件原样作为文档发布，请加上 --namespace <名称>。',
          }
        : {
            en: 'To release the file itself as a document, add --namespace <name>.',
            zh: '如果要把该文件本身作为文档发布，请加上 --namespace <名称>。',
          },
    },
    { path, fault: error ? yamlFault(error) : '' },
  );
}
