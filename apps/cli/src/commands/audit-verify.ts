import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ErrorText } from '@sluice/core';
import { type AuditEntry, auditEntry, ChainCheck, type ChainFault, type ChainHead } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { fileError, readSource } from '../files/read-source.ts';
import { partOnly } from './audit-list.ts';
import { auditHead, auditPages } from './audit-pages.ts';

export interface VerifyFlags {
  readonly file?: string;
  readonly anchor?: readonly string[];
  readonly anchors?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * `sluice audit verify`: walks the chain row by row and recomputes every hash on this machine, over the API or over an
 * exported file. Ends with 1 at the first row that is not as it was written.
 */
export async function verifyAudit(context: Context, flags: VerifyFlags): Promise<ExitCode> {
  const noted = await notedHashes(context, flags);
  const { chain, fault } =
    flags.file === undefined
      ? await overTheApi(context, noted)
      : await walk(context, noted, rowsOf(context, flags.file));
  const { sequence, hash } = chain.sound;
  const anchored = noted.filter((head) => head.sequence <= sequence).length;
  const result = { sound: sequence, hash, anchored, ...(fault && { fault }) };
  await context.output.one(result, () => resultText(context, result));
  return fault ? exitCode.failure : exitCode.ok;
}

interface Walked {
  readonly chain: ChainCheck;
  readonly fault: ChainFault | undefined;
}

async function overTheApi(context: Context, noted: readonly ChainHead[]): Promise<Walked> {
  const head = await auditHead(context);
  if (!head) throw partOnly();
  const walked = await walk(context, [head, ...noted], auditPages(context, {}));
  // What is noted elsewhere wins over what the server says of itself: both must be there.
  return walked.fault ? walked : { ...walked, fault: walked.chain.end() };
}

async function walk(
  { output, say }: Context,
  noted: readonly ChainHead[],
  pages: AsyncIterable<readonly AuditEntry[]>,
): Promise<Walked> {
  let chain = new ChainCheck(sha256, noted);
  let rows = 0;
  for await (const page of pages) {
    const [first] = page;
    if (rows === 0 && first && first.sequence > 1)
      chain = new ChainCheck(sha256, noted, { sequence: first.sequence - 1, hash: first.previousHash });
    for (const row of page) {
      const fault = chain.next(row);
      if (fault) return { chain, fault };
    }
    rows += page.length;
    output.progress(say({ en: '{n} rows are sound', zh: '已核对 {n} 行' }, { n: rows }));
  }
  return { chain, fault: undefined };
}

/** The rows of an exported file, one page a thousand lines. */
async function* rowsOf({ io }: Context, path: string): AsyncGenerator<readonly AuditEntry[]> {
  const input = path === '-' ? Readable.from(io.stdin()) : createReadStream(resolve(io.cwd, path));
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let page: AuditEntry[] = [];
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== '') page.push(rowOf(line, path, number));
      if (page.length < 1000) continue;
      yield page;
      page = [];
    }
  } catch (error) {
    throw error instanceof CliError ? error : fileError(path, error);
  }
  yield page;
}

function rowOf(line: string, path: string, number: number): AuditEntry {
  try {
    return auditEntry.parse(JSON.parse(line));
  } catch (error) {
    throw new CliError(
      'not_an_audit_row',
      exitCode.failure,
      {
        what: {
          en: 'Line {number} of {path} is no row of an audit.',
          zh: '{path} 第 {number} 行不是审计记录。',
        },
        todo: {
          en: 'Give what "sluice audit export" wrote, without changes.',
          zh: '请提供 "sluice audit export" 导出的未改动的文件。',
        },
      },
      { path, number },
      { cause: error },
    );
  }
}

/** Hashes that were kept elsewhere, one `row:hash` a line as `sluice audit head` prints them. */
async function notedHashes({ io }: Context, flags: VerifyFlags): Promise<ChainHead[]> {
  const kept = flags.anchors === undefined ? [] : (await readSource(io, flags.anchors)).split(/\r?\n/);
  return [...(flags.anchor ?? []), ...kept]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
      if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
      throw usageError(
        { en: '"{text}" is no anchor.', zh: '“{text}”不是锚点。' },
        {
          en: 'It is what "sluice audit head" prints: row:hash',
          zh: '格式为 "sluice audit head" 的输出：序号:哈希',
        },
        { text },
      );
    });
}

const problems = {
  missing: { en: 'it is missing', zh: '该行缺失' },
  altered: { en: 'it is not as it was written', zh: '该行已被改动' },
  unlinked: { en: 'it does not follow the row before it', zh: '该行与上一行不衔接' },
  replaced: { en: 'it is not the row whose hash was kept', zh: '该行与所保存的哈希不符' },
} as const;

function resultText(
  { say }: Context,
  result: { sound: number; hash: string; anchored: number; fault?: ChainFault },
): string {
  const { sound, hash, anchored, fault } = result;
  if (fault)
    return `${say(
      {
        en: 'BROKEN at row {row}: {problem}. Sound up to row {sound}.',
        zh: '审计链在第 {row} 行断裂：{problem}。前 {sound} 行完好。',
      },
      { row: fault.sequence, problem: problems[fault.problem], sound },
    )}\n`;
  const compared: ErrorText =
    anchored === 0
      ? {
          en: 'Sound up to row {sound}; no kept hash was compared.',
          zh: '直至第 {sound} 行完好；没有与已保存的哈希比较。',
        }
      : {
          en:
            anchored === 1
              ? 'Sound up to row {sound}, 1 kept hash agrees.'
              : 'Sound up to row {sound}, {anchored} kept hashes agree.',
          zh: '直至第 {sound} 行完好，与 {anchored} 个已保存的哈希一致。',
        };
  return `${say(compared, { sound, anchored })}\n${sound}:${hash}\n`;
}
