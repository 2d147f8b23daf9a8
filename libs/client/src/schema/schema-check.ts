import { type Content, type ErrorText, type Json, maskedValue } from '@sluice/core';
import type { Notices } from '../notices/notices.ts';
import { reason, reasonOf, verbatim } from '../notices/reasons.ts';
import type { Held } from '../snapshot/held.ts';
import { secretKeysOf } from '../snapshot/secret-keys.ts';
import { type JsonSchema, preparedSchema } from './prepared-schema.ts';

type Library = typeof import('@cfworker/json-schema');
type Validator = InstanceType<Library['Validator']>;

interface Compiled {
  readonly text: string;
  readonly validator: Validator | undefined;
}

type Fault = ReturnType<Validator['validate']>['errors'][number];

const longestFault = 300;
/** These only lead to the place where something is wrong. */
const leading = new Set([
  '$ref',
  'additionalProperties',
  'allOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'unevaluatedProperties',
]);

/**
 * Holds deliveries to the JSON Schema that came with them. The server has checked the content before it released it;
 * here the composed content is checked, whatever layers it was put together from. What cannot be judged here is said
 * and left to the server.
 */
export class SchemaCheck {
  readonly #notices: Notices;
  /** By namespace, as it came last. */
  readonly #compiled = new Map<string, Compiled>();
  #library: Promise<Library> | undefined;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** Why the content doesn't fit; undefined when it does, or when there is nothing to check. Never rejects. */
  async refusal(schema: JsonSchema | undefined, held: Held): Promise<ErrorText | undefined> {
    const data = dataOf(held);
    if (!schema || data === undefined) return undefined;
    try {
      const validator = await this.#validatorFor(held.name, schema);
      const result = validator?.validate(data);
      return result && !result.valid ? refusalOf(result.errors, secretKeysOf(held.content)) : undefined;
    } catch (error) {
      this.#unable(held.name, reasonOf(error));
      return undefined;
    }
  }

  async #validatorFor(namespace: string, schema: JsonSchema): Promise<Validator | undefined> {
    const text = JSON.stringify(schema);
    const before = this.#compiled.get(namespace);
    if (before?.text === text) return before.validator;
    // Whoever has no schemas never loads it.
    this.#library ??= import('@cfworker/json-schema');
    const { Validator } = await this.#library;
    const prepared = preparedSchema(schema);
    if (prepared.unable !== undefined)
      this.#unable(namespace, reason('schema_keywords', { keywords: prepared.unable }));
    // The server reads every schema as 2020-12, one that names draft-07 too.
    const validator = prepared.unable === undefined ? new Validator(prepared.schema, '2020-12') : undefined;
    this.#compiled.set(namespace, { text, validator });
    return validator;
  }

  #unable(namespace: string, why: ErrorText): void {
    this.#notices.warn('schema_unchecked', { namespace, reason: why }, namespace);
  }
}

function refusalOf(errors: readonly Fault[], secret: ReadonlySet<string>): ErrorText {
  const fault = errors.find(({ keyword }) => !leading.has(keyword)) ?? errors[0]!;
  const steps = fault.instanceLocation.split('/').slice(1).map(decoded);
  // What exactly is wrong with a secret would tell something of it.
  if (secret.has(steps[0] ?? ''))
    return reason('schema_violation_at', { path: steps[0]!, fault: verbatim(maskedValue) });
  const path = steps.join('.');
  if (fault.keyword === 'false') return reason('schema_forbids', { path });
  const said = verbatim(fault.error.slice(0, longestFault).replace(/\.$/, ''));
  return path === ''
    ? reason('schema_violation', { fault: said })
    : reason('schema_violation_at', { path, fault: said });
}

/** A schema of a map sees `{ key: value }`, one of rules `{ id: rule }`. Text that isn't JSON has no data here. */
function dataOf({ content, data }: Held): Json | undefined {
  if (content.kind === 'document') return data;
  return content.kind === 'rules' ? (content.items as Json) : valuesOf(content);
}

const valuesOf = (content: Extract<Content, { kind: 'map' }>): Json =>
  Object.fromEntries(Object.entries(content.items).map(([key, item]) => [key, item.value]));

const decoded = (part: string): string =>
  decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
