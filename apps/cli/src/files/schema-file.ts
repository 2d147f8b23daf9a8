import type { Json } from '@sluice/core';
import { usageError } from '../failure/cli-error.ts';
import type { Io } from '../host/io.ts';
import { readSource } from './read-source.ts';

/** A JSON Schema in a file: an object, whatever it says; the server looks at it. */
export async function readSchema(io: Io, path: string): Promise<{ [key: string]: Json }> {
  const text = await readSource(io, path);
  let value: unknown;
  let reason = '-';
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as { [key: string]: Json };
  throw usageError(
    { en: '{path} holds no JSON Schema ({reason}).', zh: '{path} 不是 JSON Schema（{reason}）。' },
    { en: 'It is an object in JSON: {example}', zh: '应为 JSON 对象：{example}' },
    { path, reason, example: '{"type":"object"}' },
  );
}
