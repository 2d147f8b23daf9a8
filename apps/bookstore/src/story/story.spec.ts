import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../demo/api.ts';
import type { Language } from '../demo/language.ts';
import { StoryPlayer } from './player.ts';
import type { StoryNow } from './progress.ts';
import type { Told } from './story.ts';

const shoppers = '/api/v1/environments/prod/apps/traffic/namespaces/shoppers';
const refusal = { code: 'not_found', message: 'there is no such thing' };
/** All that goes on at a server on which no chapter can come true. */
const answers: Record<string, object> = {
  'GET /healthz': {},
  'GET /api/v1/environments/prod/apps/storefront/pushes': { items: [] },
  [`GET ${shoppers}`]: { etag: '"1"', target: { items: { visitsPerSec: { value: 7 } } } },
  [`POST ${shoppers}/releases`]: { push: { id: 'p' } },
};

describe('a story that does not come true', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-story-'));
  let server: Server;
  let url: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const what = `${request.method} ${request.url?.split('?')[0]}`;
      asked.push(what);
      response.writeHead(what in answers ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answers[what] ?? refusal));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  const play = async (
    language: Language,
    onShow: (now: StoryNow, player: StoryPlayer) => void = () => {},
  ) => {
    const lines: string[] = [];
    const told: Told[] = [];
    let raised = 0;
    const player: StoryPlayer = new StoryPlayer({
      language,
      shops: 2,
      stage: (pace, signal) => ({
        api: Api.withToken(url, 'a token'),
        url,
        environment: 'prod',
        language,
        shops: ['storefront-1', 'storefront-2'].map((instance) => ({ instance, url })),
        folder,
        isFast: pace === 'fast',
        signal,
        serverPid: () => 7,
        killServer: async () => async () => {
          raised += 1;
        },
        killShop: () => undefined,
      }),
      say: (line) => lines.push(line),
      tell: (chapter) => told.push(chapter),
      show: (now) => onShow(now, player),
    });
    const ended = await player.play('ada', 'fast');
    return { lines, told, raised, ended, now: player.now };
  };

  it('says so of each chapter, goes on to the last one, and brings back what it took away', async () => {
    const { lines, told, raised, ended, now } = await play('en');
    expect(ended).toBe('notTrue');
    expect(told.map((chapter) => chapter.cameTrue)).toEqual(Array.from({ length: 8 }, () => false));
    expect(told[0]).toMatchObject({ reason: refusal.message, figures: {} });
    expect(told[7]).toMatchObject({
      reason: 'the server still answers',
      commands: ['kill -9 7', expect.any(String)],
    });
    expect(lines.filter((line) => line.includes('Not true: '))).toHaveLength(8);
    expect(lines.at(-1)).toContain('The story did not come true. See: a sale');
    expect(raised).toBe(1);
    // As many shoppers as before, at the end as well.
    expect(asked.filter((what) => what === `POST ${shoppers}/releases`)).toHaveLength(2);
    expect(now).toMatchObject({ state: 'notTrue', by: 'ada', pace: 'fast', shops: 2 });
    expect(now.chapters.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'notTrue'));
    expect(now.chapters[7]).toMatchObject({
      title: { en: 'the server is killed', zh: '杀掉服务器' },
      came: { en: 'the server still answers', zh: '服务器仍在应答' },
      pages: ['/environments/prod/apps/storefront/instances'],
    });
  });

  it('is played by one at a time', async () => {
    let second: Promise<unknown> | undefined;
    const { now } = await play('en', (_, player) => {
      second ??= player.play('bob', 'fast');
    });
    expect(await second).toBeUndefined();
    expect(now.by).toBe('ada');
  });

  it('ends where it is stopped, and leaves as many shoppers as there were', async () => {
    asked.length = 0;
    const { ended, now, lines, told } = await play('en', ({ chapters, state }, player) => {
      if (state === 'playing' && chapters[1]?.state === 'notTrue') player.stop();
    });
    expect([ended, now.state]).toEqual(['stopped', 'stopped']);
    expect(now.chapters.map(({ state }) => state)).toEqual([
      ...['notTrue', 'notTrue'],
      ...Array.from({ length: 6 }, () => 'left'),
    ]);
    expect(told).toHaveLength(2);
    expect(lines.at(-1)).toContain('The story was stopped.');
    expect(asked.filter((what) => what === `POST ${shoppers}/releases`)).toHaveLength(2);
    // What is in force on a part is looked for once more.
    expect(
      asked.filter((what) => what.endsWith('/apps/storefront/pushes') && what.startsWith('GET')),
    ).toHaveLength(2);
  });

  it('says why when it breaks off before its first chapter', async () => {
    const { now, ended } = await play('zh', ({ state, chapters }) => {
      if (state === 'playing' && chapters.every((each) => each.state === 'waiting'))
        delete answers[`POST ${shoppers}/releases`];
    });
    answers[`POST ${shoppers}/releases`] = { push: { id: 'p' } };
    expect(ended).toBe('notTrue');
    expect(now.reason).toEqual({ en: expect.stringContaining(refusal.message), zh: expect.any(String) });
    expect(now.chapters.every(({ state }) => state === 'left')).toBe(true);
  });

  it('says it in the language of the reader', async () => {
    const { lines } = await play('zh');
    expect(lines.join('\n')).toContain('第 1/8 章：半数门店促销');
    expect(lines.at(-1)).toContain('故事未能成真');
  });
});
