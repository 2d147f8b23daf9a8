import {
  type BodyInputOf,
  type Contracts,
  contracts,
  type DrillDetail,
  type DrillReport,
} from '@sluice/protocol';
import type { BootedApp } from './boot-app.ts';
import { DrillInstance } from './drill-instance.ts';
import type { Answer, HttpCaller } from './http-caller.ts';
import { until } from './until.ts';

type Definition = Extract<BodyInputOf<Contracts['createDrill']>, { definition: unknown }>['definition'];
export type Design = Definition;

/** A drill of `pay` that holds while few calls fail. */
export const designOf = (more: Partial<Definition> = {}): Definition => ({
  title: 'Slow payment',
  hypothesis: 'whoever pays slowly still pays',
  deadlineMs: 60_000,
  faults: {
    slow: {
      resource: { match: 'exact', value: 'pay', type: 'rpc' },
      share: 0.5,
      seed: 7,
      fault: 'delay',
      delay: { distribution: 'fixed', ms: 100 },
    },
  },
  targets: { by: 'all' },
  steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1, windowS: 2 }],
  guards: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.5, windowS: 2 }],
  recoverWithinMs: 8000,
  ...more,
});

/** Drills of an app in production, with few words; its instances pay all the time. */
export class DrillDesk {
  readonly admin: HttpCaller;
  readonly url: string;
  readonly token: string;
  readonly place: { readonly env: string; readonly app: string };
  readonly instances = new Map<string, DrillInstance>();
  #paying: NodeJS.Timeout | undefined;
  /** What each second of each instance comes to. */
  second = { success: 20, errors: 0 };

  private constructor(url: string, admin: HttpCaller, token: string, app: string) {
    this.place = { env: 'prod', app };
    this.url = url;
    this.admin = admin;
    this.token = token;
  }

  static async of(
    { url, admin }: Pick<BootedApp, 'url' | 'admin'>,
    ids: readonly string[],
    app = 'shop',
  ): Promise<DrillDesk> {
    await admin.call(contracts.createApp, { body: { name: app } });
    const body = { kind: 'client', name: app, environment: 'prod', app } as const;
    const { secret } = await admin.call(contracts.createToken, { body });
    const desk = new DrillDesk(url, admin, secret, app);
    for (const id of ids) await desk.add(id);
    desk.#paying = setInterval(() => desk.pay(), 500);
    desk.pay();
    await until('payments are known', async () => (await desk.plan(designOf())).ready);
    return desk;
  }

  async add(id: string, url = this.url, bootId?: string): Promise<DrillInstance> {
    const instance = await new DrillInstance(url, this.token, id, bootId).connect();
    this.instances.set(id, instance);
    return instance;
  }

  pay(): void {
    for (const instance of this.instances.values()) if (instance.link.isOpen) instance.calls(this.second);
  }

  close(): void {
    clearInterval(this.#paying);
    for (const instance of this.instances.values()) instance.close();
  }

  plan(definition: Definition) {
    return this.admin.call(contracts.planDrill, { params: this.place, body: { definition } });
  }

  create(definition: Definition): Promise<DrillDetail> {
    return this.admin.call(contracts.createDrill, { params: this.place, body: { definition } });
  }

  tryCreate(body: unknown): Promise<Answer> {
    return this.admin.attempt(contracts.createDrill, { params: this.place, body: body as never });
  }

  start(drill: string): Promise<DrillDetail> {
    return this.admin.call(contracts.startDrill, { params: { ...this.place, drill } });
  }

  tryStart(drill: string): Promise<Answer> {
    return this.admin.attempt(contracts.startDrill, { params: { ...this.place, drill } });
  }

  abort(drill: string, reason = 'enough'): Promise<DrillDetail> {
    return this.admin.call(contracts.abortDrill, { params: { ...this.place, drill }, body: { reason } });
  }

  get(drill: string): Promise<DrillDetail> {
    return this.admin.call(contracts.getDrill, { params: { ...this.place, drill } });
  }

  report(drill: string): Promise<DrillReport> {
    return this.admin.call(contracts.getDrillReport, { params: { ...this.place, drill } });
  }

  /** Creates and starts one, and waits until it has begun in all targets. */
  async run(definition: Definition): Promise<DrillDetail> {
    const { drillId } = await this.create(definition);
    const started = await this.start(drillId);
    await until('all targets have begun', async () =>
      // One that is short may be over again, where the machine is busy.
      started.instances.every(({ instanceId }) => this.instances.get(instanceId)?.record(drillId)),
    );
    return started;
  }

  /** Waits until it is over. */
  over(drill: string): Promise<DrillDetail> {
    return until('the drill is over', async () => {
      const detail = await this.get(drill);
      return detail.finishedAt !== undefined && detail;
    });
  }
}
