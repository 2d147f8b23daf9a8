import { expect, it, jest } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import type { Held } from './held.ts';
import { Vetting } from './vetting.ts';
import type { View } from './view.ts';

const held = { name: 'pool' } as Held;
const viewOf = (vet: View['vet']): View => ({ namespace: 'pool', ...(vet && { vet }) }) as View;

it('answers at once when the validator does, and asks once about one content', () => {
  const vetting = new Vetting(manualClock());
  const vet = jest.fn(() => 'too small');
  const view = viewOf(vet);
  expect(vetting.ask(view, held)).toEqual({ en: 'too small', zh: 'too small' });
  expect(vetting.ask(view, held)).toEqual({ en: 'too small', zh: 'too small' });
  expect(vet).toHaveBeenCalledTimes(1);
  vetting.ask(view, { ...held });
  expect(vet).toHaveBeenCalledTimes(2);
});

it('takes nothing, true and an empty text for a yes; false, words and errors for a no', () => {
  const vetting = new Vetting(manualClock());
  for (const yes of [undefined, true, ''])
    expect(
      vetting.ask(
        viewOf(() => yes),
        held,
      ),
    ).toBeUndefined();
  expect(vetting.ask(viewOf(undefined), held)).toBeUndefined();
  const fails = (error: unknown) =>
    vetting.ask(
      viewOf(() => {
        throw error;
      }),
      held,
    );
  expect(fails(new TypeError('no pool'))).toMatchObject({ en: 'no pool' });
  expect(fails(new Error(''))).toMatchObject({ zh: '校验函数拒绝了它' });
  expect(
    vetting.ask(
      viewOf(() => false),
      held,
    ),
  ).toMatchObject({ en: 'its validator refuses it' });
});

it('waits 5 s, and an answer that comes later counts no more', async () => {
  const clock = manualClock();
  const vetting = new Vetting(clock);
  let say = (_: string): void => undefined;
  const view = viewOf(() => new Promise<string>((resolve) => (say = resolve)));
  const answer = vetting.ask(view, held);
  await clock.advance(5000);
  say('fine after all');
  expect(await answer).toMatchObject({ en: 'its validator took longer than 5 s' });
  expect(vetting.ask(view, held)).toMatchObject({ en: 'its validator took longer than 5 s' });
});
