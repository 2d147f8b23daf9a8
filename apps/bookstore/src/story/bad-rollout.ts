import type { Chapter } from './chapter.ts';
import { proven, readPush, short, startPush } from './pushes.ts';
import { appPath, pageOf } from './stage.ts';
import { NotTrue, until } from './until.ts';

/** Until both sides have calls enough, twice in a row. */
const judgedMs = 120_000;
const tooShortMs = 10;

interface Namespace {
  readonly target: { readonly items: { readonly stockTimeoutMs?: { readonly value: number } } };
}

/** A time-out that is too short, for a quarter of the shops. Nobody takes it back. */
export const badRollout: Chapter = {
  name: 'badRollout',
  async play(stage, { texts, command, look }) {
    const path = `${appPath(stage)}/namespaces/calls`;
    const valueNow = async () => (await stage.api.get<Namespace>(path)).target.items.stockTimeoutMs?.value;
    const before = await valueNow();
    command(
      `npx sluice set storefront calls.stockTimeoutMs=${tooShortMs} --steps 25,100 --auto -m "${texts.badMessage}" --wait`,
    );
    const item = { type: 'number', value: tooShortMs, min: 10, max: 10_000 };
    const startedAt = performance.now();
    const { id } = await startPush(
      stage,
      {
        namespace: 'calls',
        set: { stockTimeoutMs: { ...item, description: 'For one call to stock' } },
      },
      { mode: 'gray', audience: { by: 'percent', steps: [25, 100] }, gate: { click: false } },
      { message: texts.badMessage },
    );
    look(pageOf(stage, `/pushes/${id}`));
    const push = await until(
      stage,
      (t) => t.notTakenBack,
      judgedMs,
      async () => {
        const now = await readPush(stage, id);
        if (now.verdict.targets > Math.ceil(stage.shops.length / 2)) throw new NotTrue((t) => t.wentOn);
        // It is halted for a moment before it is taken back.
        return now.state === 'abandoned' ? now : undefined;
      },
    );
    const takenBackMs = Math.round(performance.now() - startedAt);
    const { verdict } = await proven(stage, id);
    if (push.ended?.reason !== 'guardrail') throw new NotTrue((t) => t.notByGuardrail(push.state));
    const after = await valueNow();
    if (after !== before) throw new NotTrue((t) => t.notTakenBack);
    command(`npx sluice push show storefront ${short(id)}`);
    const { because } = push.ended;
    const figures = {
      state: push.state,
      reason: push.ended.reason,
      because: because?.[stage.language] ?? '',
      members: verdict.targets,
      takenBackMs,
      stockTimeoutMs: after ?? 0,
    };
    return { figures, came: (t, language) => t.badCame({ ...figures, because: because?.[language] ?? '' }) };
  },
};
