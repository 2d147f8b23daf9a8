import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import type { Io } from '../host/io.ts';

/** Bytes of a file as text, every byte of it: a byte order mark and line ends stay. `-` is standard input. */
export async function readSource(io: Io, path: string): Promise<string> {
  const bytes = path === '-' ? await io.readStdin() : await bytesOf(io, path);
  if (!isUtf8(bytes)) throw notUtf8(path, bytes);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

async function bytesOf(io: Io, path: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(io.cwd, path));
  } catch (error) {
    throw fileError(path, error);
  }
}

/** A file or folder that can't be read, in three parts. */
export function fileError(path: string, error: unknown): CliError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  return new CliError(
    'unreadable_file',
    exitCode.failure,
    {
      what: { en: 'Cannot read {path} ({reason}).', zh: '无法读取 {path}（{reason}）。' },
      still: nothingChanged,
      todo: { en: 'Check the path and its permissions.', zh: '请检查路径和权限。' },
    },
    { path, reason },
    { cause: error },
  );
}

function notUtf8(path: string, bytes: Uint8Array): CliError {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return new CliError(
    'invalid_utf8',
    exitCode.failure,
    {
      what: {
        en: '{path} is not UTF-8 text: line {line} holds bytes that mean nothing in it.',
        zh: '{path} 不是 UTF-8 文本：第 {line} 行含有无效字节。',
      },
      still: nothingChanged,
      todo: {
        en: 'Convert it, for example with "iconv -f GB18030 -t UTF-8 {path}", and try again.',
        zh: '请先转换编码，例如 "iconv -f GB18030 -t UTF-8 {path}"，然后重试。',
      },
    },
    { path, line },
  );
}
