import type { Chapter } from './chapter.ts';
import { proven, short, startPush } from './pushes.ts';
import { discounts } from './shopping.ts';
import { appPath, pageOf } from './stage.ts';
import { NotTrue, until } from './until.ts';

const seenMs = 20_000;

/** A value for half of the shops. */
export const gray: Chapter = {
  name: 'gray',
  async play(stage, { texts, command, look }, threads) {
    const before = (await discounts(stage.shops))[0] ?? 0;
    const discountPercent = before === 20 ? 25 : 20;
    threads.discountPercent = discountPercent;
    const item = {
      ...{ type: 'number', value: discountPercent, min: 0, max: 90 },
      description: 'Taken off every price',
    };
    command(
      `npx sluice set storefront shop.discountPercent=${discountPercent} --steps 50,100 -m "${texts.saleMessage}" --wait`,
    );
    const { id } = await startPush(
      stage,
      { namespace: 'shop', set: { discountPercent: item } },
      { mode: 'gray', audience: { by: 'percent', steps: [50, 100] } },
      { message: texts.saleMessage },
    );
    threads.gray = id;
    look(pageOf(stage, `/pushes/${id}`));
    const { verdict } = await proven(stage, id);
    const seen = await discounts(stage.shops);
    const changed = seen.filter((percent) => percent === discountPercent).length;
    if (changed !== verdict.holding) throw new NotTrue((t) => t.otherShops(changed, verdict.holding));
    const figures = {
      discountPercent,
      holding: verdict.holding,
      targets: verdict.targets,
      lastAppliedMs: verdict.lastAppliedMs ?? 0,
      shops: stage.shops.length,
      shopsChanged: changed,
    };
    return { figures, came: (t) => t.grayCame(figures) };
  },
};

/** The same value for everybody, without a flicker for those who have it. */
export const promote: Chapter = {
  name: 'promote',
  async play(stage, { texts, command, look }, { gray: id, discountPercent }) {
    command(`npx sluice push promote storefront ${short(id)} -m "${texts.promoteMessage}" --wait`);
    look(pageOf(stage, `/pushes/${id}`));
    await stage.api.post(`${appPath(stage)}/pushes/${id}/promote`, { message: texts.promoteMessage });
    const { state, verdict } = await until(
      stage,
      (t) => t.notPromoted,
      seenMs,
      async () => {
        const push = await proven(stage, id);
        return push.state === 'promoted' && push.verdict.targets === stage.shops.length ? push : undefined;
      },
    );
    const changed = (await discounts(stage.shops)).filter((percent) => percent === discountPercent).length;
    if (changed !== stage.shops.length) throw new NotTrue((t) => t.otherShops(changed, stage.shops.length));
    const figures = { state, holding: verdict.holding, targets: verdict.targets, shopsChanged: changed };
    return { figures, came: (t) => t.promoteCame(figures) };
  },
};
