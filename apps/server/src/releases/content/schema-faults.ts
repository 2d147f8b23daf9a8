import type { Fault } from '@sluice/core';
import type { ErrorObject } from 'ajv/dist/2020.js';

/** A fault whose path into the data is still in parts: a key may itself contain dots. */
export interface SchemaFault extends Omit<Fault, 'path'> {
  readonly path: readonly string[];
}

export const toFault = (fault: SchemaFault, ...before: readonly string[]): Fault => ({
  ...fault,
  path: [...before, ...fault.path].join('.'),
});

/** What a JSON Schema check found, in the words that errors use. */
export function faultsOfSchema(errors: readonly ErrorObject[]): SchemaFault[] {
  return errors.map((error) => ({
    path: pathOf(error),
    problem: error.keyword === 'required' ? 'required' : 'schema',
    message: messageOf(error),
    zh: zhOf(error),
  }));
}

/** A missing or a surplus property is told at its own place. */
function pathOf({ instancePath, params }: ErrorObject): string[] {
  const parts = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const property: unknown =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  return [...parts, ...(typeof property === 'string' ? [property] : [])];
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not allowed here';
    case 'enum':
      return `must be one of ${list(params.allowedValues)}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    default:
      return message ?? `does not fit "${keyword}"`;
  }
}

function zhOf({ keyword, params }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return '必填';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return '此处不允许该字段';
    case 'type':
      return `类型应为 ${String(params.type)}`;
    case 'enum':
      return `必须是以下之一：${list(params.allowedValues)}`;
    case 'const':
      return `必须是 ${JSON.stringify(params.allowedValue)}`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `必须 ${String(params.comparison)} ${String(params.limit)}`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return `长度不能小于 ${String(params.limit)}`;
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return `长度不能大于 ${String(params.limit)}`;
    case 'pattern':
      return `必须匹配 ${String(params.pattern)}`;
    case 'format':
      return `格式应为 ${String(params.format)}`;
    case 'multipleOf':
      return `必须是 ${String(params.multipleOf)} 的倍数`;
    case 'uniqueItems':
      return '不能有重复项';
    default:
      return `不符合规则“${keyword}”`;
  }
}

const list = (values: unknown): string =>
  Array.isArray(values)
    ? values
        .slice(0, 20)
        .map((value) => JSON.stringify(value))
        .join(', ')
    : '';
