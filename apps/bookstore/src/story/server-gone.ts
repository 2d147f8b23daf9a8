import type { Chapter } from './chapter.ts';
import { discounts, openPage, readQuickly } from './shopping.ts';
import { appPath, pageOf } from './stage.ts';
import { NotTrue, until } from './until.ts';

const pagesAtOnce = 10;
const restartMs = 30_000;
const togetherMs = 90_000;

interface Listed {
  readonly instanceId: string;
  readonly online: boolean;
  readonly inSync: boolean;
}

/** The server killed with -9, and a shop too, which starts without it. */
export const serverGone: Chapter = {
  name: 'serverGone',
  async play(stage, { command, look }, { discountPercent }) {
    const [first] = stage.shops;
    const last = stage.shops.at(-1);
    if (!first || !last) throw new Error('the story needs two shops');
    command(`kill -9 ${stage.serverPid() ?? ''}`, `curl ${first.url}/books`);
    look(pageOf(stage, '/instances'));
    const raise = await stage.killServer();
    const killedAt = performance.now();
    let holding: number;
    let refused: number;
    let restartedMs: number;
    try {
      if (await serverAnswers(stage.url)) throw new NotTrue((t) => t.serverStillThere);
      holding = (await discounts(stage.shops)).filter((percent) => percent === discountPercent).length;
      refused = (await readQuickly(first, pagesAtOnce)).filter(({ status }) => status === 429).length;
      stage.killShop(last.instance);
      const shopKilledAt = performance.now();
      // It may answer a last call before it is gone: first it must be away, then back.
      await until(
        stage,
        (t) => t.shopNotGone,
        restartMs,
        async () => ((await openPage(last).catch(() => undefined)) ? undefined : true),
      );
      const page = await until(
        stage,
        (t) => t.shopNotBack,
        restartMs,
        () => openPage(last),
      );
      restartedMs = Math.round(performance.now() - shopKilledAt);
      if (page.discountPercent !== discountPercent)
        throw new NotTrue((t) => t.otherShops(holding - 1, stage.shops.length));
    } finally {
      await raise();
    }
    const goneMs = Math.round(performance.now() - killedAt);
    if (holding !== stage.shops.length) throw new NotTrue((t) => t.otherShops(holding, stage.shops.length));
    if (refused === 0) throw new NotTrue((t) => t.nobodyRefused);
    const inSync = await until(
      stage,
      (t) => t.notTogether,
      togetherMs,
      async () => {
        const { items } = await stage.api.get<{ items: readonly Listed[] }>(`${appPath(stage)}/instances`);
        const live = items.filter(({ online, inSync }) => online && inSync).length;
        return live === stage.shops.length ? live : undefined;
      },
    );
    const figures = { holding, shops: stage.shops.length, refused, restartedMs, goneMs, inSync };
    return { figures, came: (t) => t.goneCame({ ...figures, discountPercent, instance: last.instance }) };
  },
};

async function serverAnswers(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  );
}
