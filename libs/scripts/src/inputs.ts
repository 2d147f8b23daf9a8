import type { CallFields, CallInputs, Json } from '@sluice/core';
import { failure, type ScriptFailure } from './failure.ts';
import { type CopyBudget, fullBudget, mostInputLength, plainCopy, TooLargeError } from './plain-copy.ts';

/** Figures of the resource that a script may ask for, by their names after `stat.`: `qps`, `errorRatio`. */
export type Stats = Readonly<Record<string, number>>;

type Read = (call: CallInputs, stats: Stats, budget: CopyBudget) => Json | undefined;

/**
 * Reads what a script declares: the JSON text of an object whose keys are the declared names, in their order, as
 * they are written (`call['header:x-tier']`). What the call doesn't have is absent. A failure when it is more than
 * a script may see, or when reading it threw.
 */
export function inputReader(
  inputs: readonly string[],
): (call: CallInputs, stats?: Stats) => string | ScriptFailure {
  const reads = inputs.map((name) => [name, readOf(name)] as const);
  return (call, stats = {}) => {
    const [found, budget] = [{} as Record<string, Json>, fullBudget()];
    try {
      for (const [name, read] of reads) {
        const value = read(call, stats, budget);
        if (value !== undefined) found[name] = value;
      }
    } catch (error) {
      return error instanceof TooLargeError
        ? failure('input_too_large')
        : failure('input_unreadable', { reason: messageOf(error) });
    }
    const text = JSON.stringify(found);
    return text.length <= mostInputLength ? text : failure('input_too_large');
  };
}

/** What was thrown by an object of the app, which may throw once more when it is looked at. */
function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown).slice(0, 300);
  } catch {
    return 'an error that cannot be shown';
  }
}

function readOf(name: string): Read {
  if (name === 'origin' || name === 'user' || name === 'ip')
    return (call, _, budget) => plainCopy(call[name], budget);
  const [, kind, key = ''] = /^(header|query|tag):(.+)$/.exec(name) ?? [];
  if (kind === 'header') return (call, _, budget) => plainCopy(firstOf(call.headers, key), budget);
  if (kind === 'query') return (call, _, budget) => plainCopy(firstOf(call.query, key), budget);
  if (kind === 'tag') return (call, _, budget) => plainCopy(own(call.tags, key), budget);
  if (name.startsWith('stat.')) return (_, stats, budget) => plainCopy(own(stats, name.slice(5)), budget);
  const [, index, path = ''] = /^args\[(\d+)\](.*)$/.exec(name) ?? [];
  if (index === undefined) return () => undefined;
  const steps = path.split('.').slice(1);
  return (call, _, budget) => plainCopy(steps.reduce<unknown>(own, call.args?.[Number(index)]), budget);
}

function firstOf(fields: CallFields | undefined, key: string): unknown {
  const value = own(fields, key);
  return Array.isArray(value) ? value[0] : value;
}

function own(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, key)
    ? Reflect.get(from, key)
    : undefined;
}

/** The whole input: what was declared, with the time and a random number from 0 to 1, and what comes second. */
export function inputText(declared: string, nowMs: number, random: number, second = 'null'): string {
  const more = declared.length > 2 ? `,${declared.slice(1)}` : '}';
  return `[{"now":${nowMs},"random":${random}${more},${second}]`;
}
