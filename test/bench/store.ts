import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalText } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import Database from 'better-sqlite3';
import type { HttpCaller } from '../support/http-caller.ts';
import { ServerProcess } from '../support/server-process.ts';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

const publishesPerRound = 160;
const writersAtOnce = 16;
const place = { env: 'prod', app: 'shop' };

/**
 * Durable publishes over HTTP against bare better-sqlite3 transactions that write the same rows with the same
 * durability, in turns on the same disk: by one caller after another, and by several at once.
 */
export async function store({ rounds = 7 }: BenchOptions): Promise<BenchLine[]> {
  const server = await ServerProcess.start();
  try {
    await server.setUp();
    const { admin } = server;
    await admin.call(contracts.createApp, { body: { name: 'shop' } });
    const publishers: (() => Promise<void>)[] = [];
    for (let n = 0; n < writersAtOnce; n++) publishers.push(await publisherOf(admin, `order-${n}`));
    const bare = new BareStore();
    const together = async (): Promise<void> => {
      await Promise.all(publishers.map((publish) => times(publishesPerRound / writersAtOnce, publish)));
    };
    const inTurns = (): Promise<void> => times(publishesPerRound, publishers[0]!);
    const rates: Record<'together' | 'inTurns' | 'bare', number[]> = { together: [], inTurns: [], bare: [] };
    for (let round = 0; round <= rounds; round++) {
      const measured = {
        together: await rateOf(together),
        inTurns: await rateOf(inTurns),
        bare: await rateOf(() => times(publishesPerRound, async () => bare.publish())),
      };
      if (round > 0)
        for (const [what, rate] of Object.entries(measured)) rates[what as keyof typeof rates].push(rate);
    }
    bare.close();
    const line = {
      unit: 'publishes/s',
      peer: 'better-sqlite3, same rows',
      peerValue: median(rates.bare),
      goal: 0.5,
      better: 'higher',
    } as const;
    return [
      against({
        ...line,
        name: `durable publish over HTTP, ${writersAtOnce} callers at once`,
        ours: median(rates.together),
      }),
      against({ ...line, name: 'durable publish over HTTP, one caller', ours: median(rates.inTurns) }),
    ];
  } finally {
    await server.remove();
  }
}

async function times(count: number, work: () => Promise<void>): Promise<void> {
  for (let n = 0; n < count; n++) await work();
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (publishesPerRound * 1000) / (performance.now() - started);
}

/** Publishes a new value of one namespace, each time it is called. */
async function publisherOf(admin: HttpCaller, ns: string): Promise<() => Promise<void>> {
  await admin.call(contracts.createNamespace, { params: place, body: { name: ns, kind: 'map' } });
  let ifMatch = '"0"';
  let value = 0;
  return async () => {
    const changes = { set: { timeoutMs: { type: 'number', value: ++value } }, remove: [] };
    const answer = await admin.call(contracts.publish, {
      params: { ...place, ns },
      ifMatch,
      body: { changes, message: 'bench' },
    });
    ifMatch = answer.etag;
  };
}

/** The rows of one publish, written by hand. */
class BareStore {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-bare-'));
  readonly #db = new Database(join(this.#folder, 'bare.db'));
  readonly #publish: (value: number) => void;
  #value = 0;

  constructor() {
    const db = this.#db;
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec(`
      CREATE TABLE environment (name text PRIMARY KEY, revision integer);
      INSERT INTO environment VALUES ('prod', 0);
      CREATE TABLE setting (name text PRIMARY KEY, value text);
      INSERT INTO setting VALUES ('audit', '');
      CREATE TABLE namespace (id text PRIMARY KEY, live text, revision integer);
      INSERT INTO namespace VALUES ('n', '', 0);
      CREATE TABLE release (id text PRIMARY KEY, revision integer, digest text, content text, message text, author text, at integer);
      CREATE TABLE push (id text PRIMARY KEY, state text, revision integer, digest text, at integer);
      CREATE TABLE change (environment text, revision integer, kind text, push text, at integer, PRIMARY KEY (environment, revision));
      CREATE TABLE audit (sequence integer PRIMARY KEY, at integer, actor text, action text, detail text, hash text);
    `);
    const revision = db
      .prepare('UPDATE environment SET revision = revision + 1 WHERE name = ? RETURNING revision')
      .pluck();
    const current = db.prepare('SELECT * FROM namespace WHERE id = ?');
    const release = db.prepare('INSERT INTO release VALUES (?, ?, ?, ?, ?, ?, ?)');
    const namespace = db.prepare('UPDATE namespace SET live = ?, revision = ? WHERE id = ?');
    const push = db.prepare('INSERT INTO push VALUES (?, ?, ?, ?, ?)');
    const change = db.prepare('INSERT INTO change VALUES (?, ?, ?, ?, ?)');
    const head = db.prepare('UPDATE setting SET value = ? WHERE name = ?');
    const audit = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)');
    this.#publish = db.transaction((value: number) => {
      const taken = revision.get('prod') as number;
      current.get('n');
      const content = canonicalText({ kind: 'map', items: { timeoutMs: { type: 'number', value } } });
      const digest = createHash('sha256').update(content).digest('hex');
      const [releaseId, pushId, at] = [randomUUID(), randomUUID(), Date.now()];
      release.run(releaseId, taken, digest, content, 'bench', 'root', at);
      namespace.run(releaseId, taken, 'n');
      push.run(pushId, 'running', taken, digest, at);
      change.run('prod', taken, 'publish', pushId, at);
      head.run(digest, 'audit');
      audit.run(taken, at, 'root', 'release.publish', content, digest);
    }).immediate;
  }

  publish(): void {
    this.#publish(++this.#value);
  }

  close(): void {
    this.#db.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
