import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, RunningDemo } from './running-demo.ts';
import { unusedPort } from './unused-port.ts';

const root = join(import.meta.dirname, '../..');
const page = (file: string): string => readFileSync(join(root, 'docs/guide', file), 'utf8');

interface Block {
  /** Under which heading it stands. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

function blocksOf(text: string): Block[] {
  let heading = '';
  const blocks: Block[] = [];
  for (const [, title, language, body] of text.matchAll(/^(?:##? (.+)|```(\w*)\n([\s\S]*?)^```)$/gm)) {
    if (title !== undefined) heading = title;
    else blocks.push({ heading, language: language ?? '', text: body ?? '' });
  }
  return blocks;
}

interface Ran {
  readonly line: string;
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the tutorial', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tutorial-'));
  const exported: Record<string, string> = {};
  let demo: RunningDemo;
  let url: string;
  let token: string;

  const newest = async (path: string, id: 'id' | 'drillId'): Promise<string> => {
    const response = await fetch(`${url}/api/v1/environments/prod/apps/storefront/${path}?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { items } = (await response.json()) as { items: Record<string, string>[] };
    return items[0]?.[id] ?? 'none';
  };
  const filled = async (line: string): Promise<string> =>
    line
      .replace('<push>', line.includes('<push>') ? await newest('pushes', 'id') : '')
      .replace('<drill>', line.includes('<drill>') ? await newest('drills', 'drillId') : '')
      .replace('<server>', String(demo.fleet().serverPid));

  /** As somebody types it, in a shell, in the folder in which the demo was started. */
  const run = (line: string): Promise<Ran> =>
    new Promise((resolve) => {
      const child = spawn('sh', ['-c', line], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...exported,
          HOME: folder,
          XDG_CONFIG_HOME: join(folder, '.config'),
          SLUICE_SERVER: url,
          SLUICE_LANG: 'en',
          PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
        },
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (part) => {
        out += String(part);
      });
      child.stderr.on('data', (part) => {
        err += String(part);
      });
      child.once('close', (exitCode) => resolve({ line, exitCode, out, err }));
    });

  /** Runs all lines of a chapter; files that it shows are written first. */
  const play = async (heading: string): Promise<Ran[]> => {
    const ran: Ran[] = [];
    for (const { language, text } of blocksOf(page('tutorial.md')).filter((each) => each.heading === heading))
      if (language === 'yaml') writeFileSync(join(folder, /^# (\S+)\n/.exec(text)![1]!), text);
      else
        for (const line of text.trim().split('\n')) {
          const { groups } = /^export (?<all>.+)$/.exec(line) ?? {};
          if (groups)
            for (const [, name, value] of groups.all!.matchAll(/(\w+)=(\S+)/g)) exported[name!] = value!;
          else ran.push(await typed(await filled(line)));
        }
    return ran;
  };
  /** What a reader does by himself: looks again in a moment, where there can be nothing yet. */
  const typed = async (line: string): Promise<Ran> => {
    if (line.includes('instances ls'))
      return eventually(
        'everybody is back',
        async () => {
          const ran = await run(line);
          return ran.exitCode === 0 && ran.out.match(/storefront-\d .*\bonline\b/g)?.length === 4
            ? ran
            : undefined;
        },
        90_000,
      );
    if (!/rule predict|drill plan/.test(line)) return run(line);
    return eventually(line, async () => {
      const ran = await run(line);
      return ran.exitCode === 0 ? ran : undefined;
    });
  };
  const codesOf = (ran: readonly Ran[]) => ran.filter(({ exitCode }) => exitCode !== 0);
  const answers = ({ out }: Ran): string[] => out.trim().split('\n');
  const discountOf = ({ out }: Ran): unknown =>
    (JSON.parse(out) as { discountPercent: number }).discountPercent;

  beforeAll(async () => {
    mkdirSync(join(folder, 'bin'));
    const npx = join(folder, 'bin/npx');
    writeFileSync(
      npx,
      `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'apps/cli/bin/sluice.js')}" "$@"\n`,
    );
    chmodSync(npx, 0o755);
    demo = new RunningDemo(join(folder, '.data'), '--port', String(await unusedPort()));
    ({ url, token } = await demo.ready());
  }, 150_000);

  afterAll(async () => {
    await demo?.stop('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the same commands in both languages', () => {
    const code = (file: string) => blocksOf(page(file)).map(({ text }) => text);
    expect(code('tutorial.zh-CN.md')).toEqual(code('tutorial.md'));
  });

  it('leads in', async () => {
    expect(codesOf(await play('Come in'))).toEqual([]);
    // The address is the one that the demo prints; the page shows where it is when nobody else has the port.
    expect(exported).toMatchObject({ SLUICE_ENV: 'prod', SHOP: expect.any(String) });
    exported.SHOP = demo.fleet().processes.find(({ name }) => name === 'storefront-1')!.service!;
  }, 60_000);

  it('brings a price to some, then to all', async () => {
    const ran = await play('1. A price for some, then for all');
    expect(codesOf(ran)).toEqual([]);
    expect(ran[0]!.out + ran[0]!.err).toMatch(/2 of 2/);
    expect(discountOf(ran[3]!)).toBe(20);
  }, 60_000);

  it('watches with a rule, and says whom it would refuse', async () => {
    const ran = await play('2. A rule that watches');
    expect(codesOf(ran)).toEqual([]);
    expect(answers(ran[1]!)).toEqual(Array.from({ length: 10 }, () => '200'));
  }, 90_000);

  it('refuses in one shop', async () => {
    const ran = await play('3. The rule in earnest');
    expect(codesOf(ran)).toEqual([]);
    expect(answers(ran[1]!).filter((status) => status === '429').length).toBeGreaterThan(0);
  }, 60_000);

  it('slows payments down, and the hypothesis holds', async () => {
    const ran = await play('4. What if payments were slow?');
    expect(codesOf(ran)).toEqual([]);
    expect(ran[2]!.out).toMatch(/Verdict: the hypothesis held/);
  }, 180_000);

  it('lets a bad change take itself back', async () => {
    const [set, show] = await play('5. A bad change that undoes itself');
    expect([set!.exitCode, show!.exitCode]).toEqual([6, 0]);
    expect(show!.out).toMatch(/guardrail/i);
  }, 240_000);

  it('has everything stand without the server', async () => {
    const ran = await play('6. The server is gone');
    expect(codesOf(ran)).toEqual([]);
    expect(discountOf(ran[1]!)).toBe(20);
    expect(answers(ran[2]!).filter((status) => status === '429').length).toBeGreaterThan(0);
  }, 120_000);

  it('leaves the shop as it was', async () => {
    expect(codesOf(await play('Afterwards'))).toEqual([]);
  }, 60_000);
});
