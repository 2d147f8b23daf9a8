import type { ItemsPatch, Json } from '@sluice/core';
import { type BodyInputOf, type Contracts, contracts, type Push, type PushInstance } from '@sluice/protocol';
import type { Answer, HttpCaller } from './http-caller.ts';
import { until } from './until.ts';

type Proposal = BodyInputOf<Contracts['startPush']>;

/** Numbers by key, as a patch of a map. */
export const numbers = (values: Readonly<Record<string, number>>, remove: string[] = []): ItemsPatch => ({
  set: Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { type: 'number' as const, value: value as Json }]),
  ) as ItemsPatch['set'],
  remove,
});

/** Somebody who pushes in one app, with few words. */
export class PushDesk {
  readonly caller: HttpCaller;
  readonly place: { env: string; app: string };

  constructor(caller: HttpCaller, env: string, app: string) {
    this.caller = caller;
    this.place = { env, app };
  }

  /** Pushes these numbers of the namespace `order`. */
  start(
    target: Proposal['target'],
    values: Readonly<Record<string, number>>,
    more: Partial<Proposal> = {},
  ): Promise<Push> {
    return this.startIn({ order: values }, target, more);
  }

  /** Pushes numbers of several namespaces at once. */
  async startIn(
    changes: Readonly<Record<string, Readonly<Record<string, number>>>>,
    target: Proposal['target'],
    more: Partial<Proposal> = {},
  ): Promise<Push> {
    const body = { changes: await this.#changes(changes), target, ...more };
    return this.caller.call(contracts.startPush, { params: this.place, body });
  }

  async tryStart(
    target: Proposal['target'],
    values: Readonly<Record<string, number>>,
    more: Partial<Proposal> = {},
  ): Promise<Answer> {
    const body = { changes: await this.#changes({ order: values }), target, ...more };
    return this.caller.attempt(contracts.startPush, { params: this.place, body });
  }

  /** Based on what is live now. */
  #changes(
    changes: Readonly<Record<string, Readonly<Record<string, number>>>>,
  ): Promise<Proposal['changes']> {
    return Promise.all(
      Object.entries(changes).map(async ([ns, values]) => {
        const params = { ...this.place, ns };
        const { revision } = await this.caller.call(contracts.getNamespace, { params });
        return { namespace: ns, base: revision, changes: numbers(values) as never };
      }),
    );
  }

  get(push: Push): Promise<Push> {
    return this.caller.call(contracts.getPush, { params: { ...this.place, push: push.id } });
  }

  async instances(push: Push): Promise<readonly PushInstance[]> {
    const params = { ...this.place, push: push.id };
    return (await this.caller.call(contracts.listPushInstances, { params })).items;
  }

  /** Ids of its targets, in order. */
  async targets(push: Push): Promise<string[]> {
    return (await this.instances(push)).map((target) => target.instanceId);
  }

  act(push: Push, what: 'pause' | 'resume' | 'promote' | 'abandon' | 'repush'): Promise<Push> {
    const params = { ...this.place, push: push.id };
    const does = {
      pause: contracts.pausePush,
      resume: contracts.resumePush,
      promote: contracts.promotePush,
      abandon: contracts.abandonPush,
      repush: contracts.repushPush,
    } as const;
    return this.caller.call(does[what] as typeof contracts.pausePush, { params, body: { message: '' } });
  }

  advance(push: Push, step: number): Promise<Push> {
    const params = { ...this.place, push: push.id };
    return this.caller.call(contracts.advancePush, { params, body: { step } });
  }

  /** Waits until a push says this of itself. */
  until(push: Push, what: string, is: (now: Push) => boolean): Promise<Push> {
    return until(what, async () => {
      const now = await this.get(push);
      return is(now) && now;
    });
  }

  /** Waits for a state with a verdict in it, of at least so many holders. */
  settled(push: Push, state: Push['state'], holding?: number): Promise<Push> {
    return this.until(
      push,
      `the push is ${state}`,
      (now) => now.state === state && (holding === undefined || now.verdict.holding === holding),
    );
  }
}
