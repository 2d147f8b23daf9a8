import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalText } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import Database from 'better-sqlite3';
import { ServerProcess } from '../support/server-process.ts';
import type { BenchOptions } from './main.ts';
import { against, type BenchLine, median } from './report.ts';

const publishesPerRound = 60;

/**
 * A durable publish over HTTP against a bare better-sqlite3 transaction that writes the same rows with the same
 * durability, in turns on the same disk.
 */
export async function store({ rounds = 7 }: BenchOptions): Promise<BenchLine[]> {
  const server = await ServerProcess.start();
  try {
    await server.setUp();
    const { admin } = server;
    await admin.call(contracts.createApp, { body: { name: 'shop' } });
    await admin.call(contracts.createNamespace, {
      params: { env: 'prod', app: 'shop' },
      body: { name: 'order', kind: 'map' },
    });
    const bare = new BareStore();
    const [ours, peer]: [number[], number[]] = [[], []];
    let etag = '"0"';
    let value = 0;
    for (let round = 0; round <= rounds; round++) {
      let started = performance.now();
      for (let n = 0; n < publishesPerRound; n++) {
        const changes = { set: { timeoutMs: { type: 'number', value: ++value } }, remove: [] };
        const params = { env: 'prod', app: 'shop', ns: 'order' };
        etag = (
          await admin.call(contracts.publish, { params, ifMatch: etag, body: { changes, message: 'bench' } })
        ).etag;
      }
      const oursMs = (performance.now() - started) / publishesPerRound;
      started = performance.now();
      for (let n = 0; n < publishesPerRound; n++) bare.publish(++value);
      const peerMs = (performance.now() - started) / publishesPerRound;
      if (round > 0) {
        ours.push(1000 / oursMs);
        peer.push(1000 / peerMs);
      }
    }
    bare.close();
    return [
      against({
        name: 'durable publish on SQLite, one writer, over HTTP',
        ours: median(ours),
        unit: 'publishes/s',
        peer: 'better-sqlite3, same rows, no HTTP',
        peerValue: median(peer),
        goal: 0.5,
        better: 'higher',
      }),
    ];
  } finally {
    await server.remove();
  }
}

/** The rows of one publish, written by hand. */
class BareStore {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-bare-'));
  readonly #db = new Database(join(this.#folder, 'bare.db'));
  readonly #publish: (value: number) => void;

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

  publish(value: number): void {
    this.#publish(value);
  }

  close(): void {
    this.#db.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
