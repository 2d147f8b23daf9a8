import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from '../demo/api.ts';
import type { Chapter } from './chapter.ts';
import { proven, releaseItems, startPush } from './pushes.ts';
import { readQuickly, robotRule } from './shopping.ts';
import { appPath, pageOf, type Stage } from './stage.ts';
import { NotTrue, until } from './until.ts';

const pagesAtOnce = 10;
/** Recordings come with the reports, each second. */
const recordedMs = 30_000;

const firstShops = (stage: Stage) => {
  const [first, second] = stage.shops;
  if (!first || !second) throw new Error('the story needs two shops');
  return { first, second };
};
const refused = (pages: readonly { readonly status: number }[]): number =>
  pages.filter(({ status }) => status === 429).length;

/** A rule that only counts. */
export const watch: Chapter = {
  name: 'watch',
  async play(stage, { texts, command, look }) {
    const file = join(stage.folder, 'robots.json');
    const content = { kind: 'rules', items: { pace: robotRule('monitor') } };
    await mkdir(stage.folder, { recursive: true, mode: 0o700 });
    const namespaces = [{ name: 'robots', kind: 'rules', content }];
    await writeFile(file, `${JSON.stringify({ app: 'storefront', namespaces }, null, 2)}\n`);
    command(`npx sluice apply -f ${file} -m "${texts.watchMessage}" --wait`);
    look(pageOf(stage, '/namespaces/robots'));
    await createNamespace(stage, texts.robots);
    const { id } = await releaseItems(
      stage,
      'storefront',
      'robots',
      { pace: robotRule('monitor') },
      texts.watchMessage,
    );
    const { verdict } = await proven(stage, id);
    const { first } = firstShops(stage);
    const pages = await readQuickly(first, pagesAtOnce);
    if (refused(pages) > 0) throw new NotTrue((t) => t.refusedInMonitor(refused(pages)));
    const figures = { holding: verdict.holding, targets: verdict.targets, pages: pages.length, refused: 0 };
    return { figures, came: (t) => t.watchCame(figures) };
  },
};

interface Prediction {
  readonly calls: number;
  readonly wouldBlock: number;
  readonly share: number;
  readonly smallestLimit?: { readonly value: number };
}

/** What it would have done to calls that came meanwhile. */
export const predict: Chapter = {
  name: 'predict',
  async play(stage, { command, look }) {
    command('npx sluice rule predict storefront robots.pace');
    look(pageOf(stage, `/resource?name=${encodeURIComponent('GET /books')}&type=web`));
    const { first, second } = firstShops(stage);
    for (const shop of [first, second]) await readQuickly(shop, pagesAtOnce);
    const said = await until(
      stage,
      (t) => t.nothingRecorded,
      recordedMs,
      async () => {
        const answer = await stage.api
          .post<Prediction>(`${appPath(stage)}/rules/predict`, { ref: 'robots/pace' })
          .catch(nothingYet);
        return answer && answer.wouldBlock >= pagesAtOnce ? answer : undefined;
      },
    );
    const figures = {
      calls: said.calls,
      wouldBlock: said.wouldBlock,
      share: said.share,
      ...(said.smallestLimit && { smallestLimit: said.smallestLimit.value }),
    };
    return { figures, came: (t) => t.predictCame(figures) };
  },
};

/** The rule in earnest, on one shop. */
export const intercept: Chapter = {
  name: 'intercept',
  async play(stage, { texts, command, look }, threads) {
    const { first, second } = firstShops(stage);
    command(
      `npx sluice rule intercept storefront robots.pace --instance ${first.instance} --expires 15m -m "${texts.interceptMessage}" --wait`,
      `curl -A bookworm '${first.url}/books?page=[1-${pagesAtOnce}]'`,
    );
    const { id } = await startPush(
      stage,
      { namespace: 'robots', set: { pace: robotRule('intercept') } },
      { mode: 'single', instanceId: first.instance },
      { message: texts.interceptMessage, expiresInMs: 900_000 },
    );
    threads.intercepting = id;
    look(pageOf(stage, `/pushes/${id}`));
    await proven(stage, id);
    const here = await readQuickly(first, pagesAtOnce);
    const there = await readQuickly(second, pagesAtOnce);
    const decisionId = here.find((page) => page.decisionId !== undefined)?.decisionId;
    if (refused(here) === 0 || decisionId === undefined) throw new NotTrue((t) => t.nobodyRefused);
    if (refused(there) > 0) throw new NotTrue((t) => t.refusedInMonitor(refused(there)));
    const { call } = await stage.api.get<{ call: { rule: string } }>(
      `${appPath(stage)}/decisions/${decisionId}`,
    );
    command(`npx sluice resources decision storefront ${decisionId}`);
    const figures = {
      pages: here.length,
      refused: refused(here),
      refusedElsewhere: refused(there),
      rule: call.rule,
    };
    return { figures, came: (t) => t.interceptCame({ ...figures, instance: first.instance }) };
  },
};

async function createNamespace(stage: Stage, description: string): Promise<void> {
  try {
    await stage.api.post(`${appPath(stage)}/namespaces`, { name: 'robots', kind: 'rules', description });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'already_exists') throw error;
  }
}

/** Takes the rule of an earlier play away, so that it can be published anew. */
export async function forgetRobots(stage: Stage, message: string): Promise<void> {
  const path = `${appPath(stage)}/namespaces/robots`;
  const known = await stage.api
    .get<{ etag: string; target?: { items: { pace?: object } } }>(path)
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'not_found') return undefined;
      throw error;
    });
  if (known?.target?.items.pace === undefined) return;
  await stage.api.post(`${path}/releases`, { changes: { remove: ['pace'] }, message }, known.etag);
}

/** Before the first calls are recorded the server says so; that is no end of the story. */
function nothingYet(error: unknown): undefined {
  if (error instanceof ApiError && error.code === 'wrong_state') return undefined;
  throw error;
}
