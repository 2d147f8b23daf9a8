import { Injectable } from '@nestjs/common';
import {
  type Content,
  type DocumentFormat,
  type Fault,
  isTakenAway,
  limits,
  type NamespaceKind,
  SluiceError,
} from '@sluice/core';
import { firstFault } from '@sluice/protocol';
import { composed } from '../composed.ts';
import type { JsonSchema } from '../namespace.entity.ts';
import { openedContent } from '../secrets/opened.ts';
import { CompiledSchema } from './compiled-schema.ts';
import { readDocument } from './document-syntax.ts';
import { type Origin, pathOfEntry } from './origin.ts';
import { type SchemaFault, toFault } from './schema-faults.ts';
import { type Sealed, seal } from './sealed.ts';

/** What a namespace demands of its content. */
export interface Shape {
  readonly kind: NamespaceKind;
  readonly format: DocumentFormat | null;
  readonly schema: JsonSchema | null;
  /** Of one that links a public namespace: only there can a content take keys away. */
  readonly linkId?: string | null;
  /** What it inherits; the schema is for both together. */
  readonly beneath?: Content;
}

/** Whether what fits the one fits the other too, without looking. */
export function isSameShape(a: Shape, b: Shape): boolean {
  const [linkA = null, linkB = null] = [a.linkId, b.linkId];
  const isSameSchema = linkA !== null || JSON.stringify(a.schema) === JSON.stringify(b.schema);
  return a.kind === b.kind && a.format === b.format && linkA === linkB && isSameSchema;
}

const maxSchemas = 100;

/** Every check of a content before anything is written, each with an error of its own. */
@Injectable()
export class ContentCheck {
  /** Oldest use first; compiling costs a thousand times a check. */
  readonly #schemas = new Map<string, CompiledSchema>();

  /** Kind, size, syntax, schema, in this order. The answer is what is stored. */
  check(content: Content, shape: Shape, origin: Origin): Sealed {
    requireKind(content, shape, origin);
    requireLink(content, shape, origin);
    const sealed = seal(content);
    if (sealed.sizeBytes > limits.bodyBytes)
      throw new SluiceError(
        'too_large',
        { limit: sizeLimit(origin) },
        { details: { sizeBytes: sealed.sizeBytes, limitBytes: limits.bodyBytes } },
      );
    const documents = content.kind === 'document' ? readDocument(content, origin) : [];
    if (shape.schema !== null) this.#fit(wholeOf(content, shape), documents, shape.schema, origin);
    return sealed;
  }

  /** Refuses what is no JSON Schema, and a schema for content that has no data. `at` is its path in the request. */
  checkSchema(shape: Shape, at: string): void {
    if (shape.schema === null) return;
    if (shape.format === 'text' || shape.format === 'properties')
      throw refusal('invalid', [
        {
          path: at,
          problem: 'value',
          message: `is for maps, rules, JSON and YAML; a ${shape.format} document has no data to check`,
          zh: `只适用于 map、rules、JSON 和 YAML；${shape.format} 文档没有可校验的数据`,
        },
      ]);
    this.#compiled(shape.schema, at);
  }

  #fit(content: Content, documents: readonly unknown[], schema: JsonSchema, origin: Origin): void {
    const compiled = this.#compiled(schema, 'schema');
    const faults =
      content.kind === 'document'
        ? documents.flatMap((data, index) =>
            faultsOfDocument(compiled, data, index, documents.length, origin.path),
          )
        : compiled.faults(plainValues(openedContent(content))).map((fault) => inItem(fault, content, origin));
    if (faults.length > 0) throw refusal('schema_violation', faults.slice(0, 100));
  }

  #compiled(schema: JsonSchema, at: string): CompiledSchema {
    const key = JSON.stringify(schema);
    const compiled = this.#schemas.get(key) ?? new CompiledSchema(schema, at);
    this.#schemas.delete(key);
    this.#schemas.set(key, compiled);
    if (this.#schemas.size > maxSchemas) this.#schemas.delete(this.#schemas.keys().next().value!);
    return compiled;
  }
}

function requireKind(content: Content, shape: Shape, origin: Origin): void {
  const format = content.kind === 'document' ? content.format : null;
  const [field, is, needs] =
    content.kind === shape.kind ? ['format', format, shape.format] : ['kind', content.kind, shape.kind];
  if (is === needs) return;
  throw refusal('invalid', [
    {
      path: `${origin.path}.${field}`,
      problem: 'value',
      message: `must be "${needs}", as the namespace is, got "${is}"`,
      zh: `必须是“${needs}”（与命名空间一致），实际是“${is}”`,
    },
  ]);
}

function requireLink(content: Content, { linkId }: Shape, origin: Origin): void {
  if (linkId || content.kind === 'document') return;
  const [key] = Object.entries(content.items).find(([, entry]) => isTakenAway(entry)) ?? [];
  if (key === undefined) return;
  throw refusal('invalid', [
    {
      path: pathOfEntry(origin, key),
      problem: 'value',
      message: 'takes a key away, which only a namespace can that links a public one',
      zh: '要移除一个键，只有链接了公共命名空间的命名空间才能这样做',
    },
  ]);
}

/** What instances would see: without what is taken away, over what is inherited. */
const wholeOf = (content: Content, { kind, linkId, beneath }: Shape): Content =>
  linkId ? composed(kind, beneath ? [beneath, content] : [content])! : content;

/** A schema of a map sees `{ key: value }`; one of rules sees `{ id: rule }`. */
function plainValues(content: Exclude<Content, { kind: 'document' }>): unknown {
  if (content.kind === 'rules') return content.items;
  return Object.fromEntries(Object.entries(content.items).map(([key, item]) => [key, item.value]));
}

/** Of several documents in one text each must fit; what stands before a first or after a last `---` is none. */
function faultsOfDocument(
  schema: CompiledSchema,
  data: unknown,
  index: number,
  count: number,
  path: string,
): Fault[] {
  if (count === 1) return schema.faults(data).map((fault) => toFault(fault, path));
  return data === null ? [] : schema.faults(data).map((fault) => toFault(fault, path, `${index}`));
}

/** What exactly is wrong with a secret would tell something of it. */
const unsaid = { message: 'does not fit the schema', zh: '不符合 Schema' };

/** The place of a fault in `{ key: value }` as a place in the content. */
function inItem(fault: SchemaFault, content: Exclude<Content, { kind: 'document' }>, origin: Origin): Fault {
  const [key, ...rest] = fault.path;
  if (key === undefined) return toFault(fault, origin.path, 'items');
  const at = pathOfEntry(origin, key);
  if (content.kind === 'rules' || !Object.hasOwn(content.items, key))
    return toFault({ ...fault, path: rest }, at);
  const isSecret = content.kind === 'map' && content.items[key]!.secret === true;
  return toFault({ ...fault, ...(isSecret && unsaid), path: isSecret ? [] : rest }, at, 'value');
}

const refusal = (code: 'invalid' | 'schema_violation', faults: readonly Fault[]): SluiceError =>
  new SluiceError(code, { first: firstFault(faults) }, { details: { faults } });

function sizeLimit({ namespace }: Origin) {
  return namespace === undefined
    ? { en: '1 MiB for a namespace', zh: '每个命名空间 1 MiB' }
    : { en: `1 MiB for a namespace ("${namespace}")`, zh: `每个命名空间 1 MiB（“${namespace}”）` };
}
