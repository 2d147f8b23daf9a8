import { expect, it } from '@jest/globals';
import { type BodyInputOf, type Contracts, contracts, type Push } from '@sluice/protocol';
import { drawing } from '../support/drawing.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { begin, type PushDesk } from '../support/planned-app.ts';
import { readRows } from '../support/rows.ts';

type StartBody = BodyInputOf<Contracts['startPush']>;
type Held = Record<string, string>;

const zones = ['a', 'b', 'c'];
const instanceIds = Array.from({ length: 30 }, (_, index) => `i${`${index}`.padStart(2, '0')}`);
const selectors = ['zone=a', 'zone in (b,c)', 'version!=1', '!spot', 'zone=a, version=2'];
const keys = ['timeout', 'retries', 'size'];

onEachDatabase('the law of plans', (boot) => {
  it.each([1, 2])('what a preview says is what changes, for any pushes in a row (seed %i)', async (seed) => {
    const desk = await begin(await boot());
    const draw = drawing(seed);
    const one = <T>(all: readonly T[]): T => all[draw(all.length)]!;
    const labels = () => ({
      zone: one(zones),
      version: `${1 + draw(2)}`,
      ...(draw(3) === 0 && { spot: 'yes' }),
    });
    await desk.instances(instanceIds, labels);
    await desk.desk.create('notes', { kind: 'document', format: 'text' });
    for (const [index, selector] of selectors.entries()) await desk.createGroup(`group-${index}`, selector);

    const changes = async (mode: string): Promise<StartBody['changes']> => {
      const set = Object.fromEntries(
        keys.filter(() => draw(2) === 0).map((key) => [key, { type: 'number' as const, value: draw(3) }]),
      );
      const order = await desk.change('order', {
        set: { size: { type: 'number', value: draw(3) }, ...set },
        remove: [],
      });
      if (draw(3) > 0 || mode === 'gray') return [order];
      const { revision } = await desk.desk.get('notes');
      const content = { kind: 'document' as const, format: 'text' as const, text: one(['x', 'y', 'z']) };
      return [order, { namespace: 'notes', base: revision, content }];
    };
    const target = (): StartBody['target'] => {
      switch (draw(7)) {
        case 0:
          return { mode: 'global', grays: one(['keep', 'supersede'] as const) };
        case 1:
          return { mode: 'single', instanceId: one(instanceIds) };
        case 2:
          return { mode: 'group', group: `group-${draw(selectors.length)}` };
        case 3:
          return { mode: 'gray', audience: { by: 'percent', steps: [5 + draw(30), 40 + draw(60)] } };
        case 4:
          return { mode: 'gray', audience: { by: 'count', count: 1 + draw(5), among: one(selectors) } };
        case 5:
          return { mode: 'gray', audience: { by: 'instances', ids: [one(instanceIds), one(instanceIds)] } };
        default:
          return { mode: 'gray', audience: { by: 'labels', selector: one(selectors) } };
      }
    };
    const counted: Record<string, number> = {};
    const open: Push[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const before = await holdings(desk);
      const known = draw(3) === 0 ? one(open) : undefined;
      if (known) {
        const what = await transition(desk, known, draw);
        if (!what) continue;
        counted[what] = (counted[what] ?? 0) + 1;
        const moved = changedIds(before, await holdings(desk));
        expect([what, await targetsSaid(desk)]).toEqual([what, moved.length]);
        continue;
      }
      const asked: StartBody = { changes: [], target: target() };
      asked.changes = await changes(asked.target.mode);
      const preview = await desk.admin.attempt(contracts.previewPush, {
        params: { env: 'prod', app: 'orders' },
        body: asked,
      });
      if (preview.status !== 200) {
        // Refused alike, and without a trace: a gray in the way, or nothing that would change.
        expect((await desk.tryStart(asked)).status).toBe(preview.status);
        expect(await holdings(desk)).toEqual(before);
        counted.refused = (counted.refused ?? 0) + 1;
        continue;
      }
      const plan = preview.body as { hash: string; targets: { instanceId: string }[] };
      const push = await desk.start({ ...asked, plan: plan.hash });
      open.push(push);
      counted[push.mode] = (counted[push.mode] ?? 0) + 1;
      const moved = changedIds(before, await holdings(desk));
      expect(plan.targets.map((each) => each.instanceId)).toEqual(moved);
      await desk.applied(push.id);
    }
    expect(Object.keys(counted)).toEqual(expect.arrayContaining(['global', 'single', 'group', 'gray']));
  });
});

/** What everybody must hold, composed from what is in the database. */
async function holdings(desk: PushDesk): Promise<Held> {
  const [order, notes] = [await desk.composed('order'), await desk.composed('notes')];
  return Object.fromEntries(instanceIds.map((id) => [id, `${order[id]} ${notes[id]}`]));
}

const changedIds = (before: Held, after: Held): string[] =>
  instanceIds.filter((id) => before[id] !== after[id]);

/** Moves a push on in some way; what it did, or undefined when that is not possible now. */
async function transition(
  desk: PushDesk,
  push: Push,
  draw: (below: number) => number,
): Promise<string | undefined> {
  const { step } = await desk.get(push.id);
  const [name, contract, body] = (
    [
      ['abandon', contracts.abandonPush, {}],
      [
        'promote',
        contracts.promotePush,
        { groupsWin: true, choices: { order: Object.fromEntries(keys.map((key) => [key, 'gray'])) } },
      ],
      ['advance', contracts.advancePush, { step: step?.index ?? 0 }],
    ] as const
  )[draw(3)]!;
  const { revision } = await desk.get(push.id);
  const answer = await desk.try(contract, push.id, body);
  if (answer.status !== 200 || (answer.body as Push).revision === revision) return undefined;
  await desk.applied(push.id);
  return name;
}

/** How many the newest transition says that it changes, in the audit. */
async function targetsSaid(desk: PushDesk): Promise<number> {
  const [row] = await readRows<{ detail: string }>(
    desk.server,
    "SELECT detail FROM audit WHERE action LIKE 'push.%' AND revision IS NOT NULL ORDER BY sequence DESC LIMIT 1",
  );
  return (JSON.parse(row!.detail) as { targets: number }).targets;
}
