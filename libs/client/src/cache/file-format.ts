import { createHash } from 'node:crypto';
import { canonicalText } from '@sluice/core';
import { type Snapshot, snapshot } from '@sluice/protocol/client';
import { z } from 'zod';
import type { Uptime } from '../clock.ts';
import { ReasonedError, reason } from '../notices/reasons.ts';

/** Who wrote a cache file, and for whom. A file for somebody else is not read. */
export interface CacheOwner {
  readonly environment: string;
  readonly app: string;
  readonly instanceId: string;
  /** Digest of server and token: revisions of two origins can't be compared. */
  readonly origin: string;
}

/** What a cache file holds: layers with every body in place, not merged values. */
export interface CachedSnapshot {
  readonly snapshot: Snapshot;
  /** Wall clock at which the remaining times of its layers were right. */
  readonly savedAt: number;
  /** Of the machine at that moment; absent where the system doesn't say. */
  readonly uptime?: Uptime | undefined;
}

const formatVersion = 1;
const magic = 'SLUICE ';

const headerShape = z.strictObject({
  v: z.literal(formatVersion),
  environment: z.string(),
  app: z.string(),
  instanceId: z.string(),
  origin: z.string(),
  epoch: z.int(),
  revision: z.int(),
  generation: z.int(),
  bodyBytes: z.int(),
  sha256: z.string(),
});
type Header = z.infer<typeof headerShape>;
const bodyShape = z.object({
  savedAt: z.number(),
  uptime: z.object({ bootId: z.string(), ms: z.number() }).optional(),
  snapshot,
});

export interface DecodedFile extends CachedSnapshot {
  readonly generation: number;
  readonly instanceId: string;
  readonly origin: string;
}

/** The bytes of a cache file: one header line, then the body. The hash covers both. */
export function encodeCacheFile(owner: CacheOwner, generation: number, cached: CachedSnapshot): Buffer {
  const body = Buffer.from(
    JSON.stringify({ savedAt: cached.savedAt, uptime: cached.uptime, snapshot: cached.snapshot }),
  );
  const { environment, app, instanceId, origin } = owner;
  const { epoch, revision } = cached.snapshot;
  const unsigned = {
    v: formatVersion,
    environment,
    app,
    instanceId,
    origin,
    epoch,
    revision,
    generation,
    bodyBytes: body.length,
  } as const;
  const header = { ...unsigned, sha256: sealOf(unsigned, body) };
  return Buffer.concat([Buffer.from(`${magic}${canonicalText(header)}\n`), body]);
}

/** The generation that the bytes say to be, unverified; -1 when they say none. For the order of looking only. */
export function generationOf(bytes: Buffer): number {
  const head = bytes.toString('latin1', 0, Math.min(Math.max(0, bytes.indexOf(10)), 4096));
  return Number(/"generation":(\d{1,15})[,}]/.exec(head)?.[1] ?? -1);
}

/**
 * Reads a cache file of this environment and app. Throws a `ReasonedError` that says what is wrong: one byte more, less or
 * different anywhere and it is not used.
 */
export function decodeCacheFile(bytes: Buffer, owner: Pick<CacheOwner, 'environment' | 'app'>): DecodedFile {
  const lineEnd = bytes.indexOf(10);
  const line = bytes.toString('utf8', 0, Math.max(0, lineEnd));
  if (!line.startsWith(magic)) throw new ReasonedError(reason('not_a_cache_file'));
  const header = parseHeader(line.slice(magic.length));
  const body = bytes.subarray(lineEnd + 1);
  if (body.length !== header.bodyBytes)
    throw new ReasonedError(reason('cache_length', { got: body.length, wanted: header.bodyBytes }));
  const { sha256: seal, ...unsigned } = header;
  if (seal !== sealOf(unsigned, body)) throw new ReasonedError(reason('cache_hash'));
  if (header.environment !== owner.environment || header.app !== owner.app)
    throw new ReasonedError(reason('cache_of_another', { app: header.app, environment: header.environment }));
  const parsed = bodyShape.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) throw new ReasonedError(reason('cache_body_unknown'));
  const { generation, instanceId, origin } = header;
  return { ...parsed.data, generation, instanceId, origin };
}

function parseHeader(text: string): Header {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReasonedError(reason('cache_header_not_json'));
  }
  const parsed = headerShape.safeParse(value);
  if (!parsed.success) throw new ReasonedError(reason('cache_header_unknown'));
  // Written in exactly one way, so that no byte of it can change unnoticed.
  if (canonicalText(parsed.data) !== text) throw new ReasonedError(reason('cache_header_changed'));
  return parsed.data;
}

function sealOf(unsigned: Omit<Header, 'sha256'>, body: Buffer): string {
  return createHash('sha256')
    .update(`${canonicalText(unsigned)}\n`)
    .update(body)
    .digest('hex');
}
