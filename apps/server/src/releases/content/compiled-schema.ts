import { createRequire } from 'node:module';
import { SluiceError } from '@sluice/core';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { invalid } from '../../http/invalid.ts';
import type { JsonSchema } from '../namespace.entity.ts';
import { faultsOfSchema, type SchemaFault, toFault } from './schema-faults.ts';
import { TooSlow, withinTime } from './within-time.ts';

const draft07 = createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-07.json') as object;

const schemaBytes = 256 * 1024;
const compileLimitMs = 2000;
const checkLimitMs = 1000;
/** Faults are gathered rather than stopping at the first; so many are told. */
const maxFaults = 100;

/** A JSON Schema (2020-12; one that names draft-07 is read as that), ready to check data. */
export class CompiledSchema {
  readonly #validate: ValidateFunction;

  /** Throws `invalid` with a path when it is no schema, or needs one of another address. `at` is its path. */
  constructor(schema: JsonSchema, at: string) {
    this.#validate = compile(schema, at);
  }

  /**
   * What doesn't fit, with paths relative to the data. Nothing fits a schema whose check takes too long, or that
   * refers to itself without going on in the data.
   */
  faults(data: unknown): SchemaFault[] {
    try {
      return withinTime(checkLimitMs, () => {
        if (this.#validate(data)) return [];
        return faultsOfSchema((this.#validate.errors ?? []).slice(0, maxFaults));
      });
    } catch (error) {
      if (error instanceof TooSlow)
        return uncheckable(
          `takes longer than ${checkLimitMs / 1000} s to check; simplify the patterns of the schema`,
          `校验超过 ${checkLimitMs / 1000} 秒；请简化 Schema 中的正则表达式`,
        );
      if (/maximum call stack/i.test((error as Error).message))
        return uncheckable(
          'cannot be checked: the schema refers to itself without end',
          '无法校验：该 Schema 无止境地引用自身',
        );
      // The checker writes code from a schema; code that fails says nothing about the data, so nothing is let through.
      const { message } = error as Error;
      return uncheckable(
        `cannot be checked by this schema (${message}); write the schema another way`,
        `该 Schema 无法用于校验（${message}），请换一种写法`,
      );
    }
  }
}

const uncheckable = (message: string, zh: string): SchemaFault[] => [
  { path: [], problem: 'schema', message, zh },
];

function compile(schema: JsonSchema, at: string): ValidateFunction {
  const text = JSON.stringify(schema);
  if (Buffer.byteLength(text) > schemaBytes)
    throw new SluiceError('too_large', {
      limit: {
        en: `${schemaBytes / 1024} KiB for a JSON Schema`,
        zh: `JSON Schema ${schemaBytes / 1024} KiB`,
      },
    });
  if (schema.$async !== undefined)
    throw refusal(at, '$async', 'is not a keyword of JSON Schema', '不是 JSON Schema 的关键字');
  try {
    return withinTime(compileLimitMs, () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
      ajv.addMetaSchema(draft07);
      formats.default(ajv);
      if (!ajv.validateSchema(schema)) throw new NoSchema(ajv.errors ?? []);
      return ajv.compile(schema);
    });
  } catch (error) {
    throw asRefusal(error, at);
  }
}

/** The meta-schema's complaints about a schema. */
class NoSchema extends Error {
  readonly complaints: readonly ErrorObject[];

  constructor(complaints: readonly ErrorObject[]) {
    super('not a JSON Schema');
    this.complaints = complaints;
  }
}

function asRefusal(error: unknown, at: string): SluiceError {
  if (error instanceof SluiceError) return error;
  if (error instanceof NoSchema) {
    const faults = faultsOfSchema(error.complaints.slice(0, maxFaults)).map((fault) => toFault(fault, at));
    return invalid(faults);
  }
  if (error instanceof TooSlow)
    return refusal(at, '', 'takes too long to prepare; make it simpler', '编译时间过长，请简化');
  const { missingRef, message } = error as Error & { missingRef?: string };
  if (missingRef !== undefined)
    return refusal(
      at,
      '$ref',
      `"${missingRef}" is not inside this schema, and nothing is fetched from elsewhere`,
      `“${missingRef}”不在该 Schema 内，不会从其他地址获取`,
    );
  if (/no schema with key or ref/.test(message))
    return refusal(
      at,
      '$schema',
      'must be draft 2020-12 or draft-07, or absent',
      '必须是 draft 2020-12 或 draft-07，或省略',
    );
  return refusal(at, '', `cannot be used: ${message}`, `无法使用：${message}`);
}

function refusal(at: string, path: string, message: string, zh: string): SluiceError {
  const faults = [{ path: path ? `${at}.${path}` : at, problem: 'schema', message, zh }];
  return invalid(faults);
}
