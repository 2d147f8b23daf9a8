import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, Resource, ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import { type Caller, may } from '../http/caller.ts';
import type { AppTraffic } from './app-traffic.ts';
import { ResourcesRead } from './resources.read.ts';
import { minuteMs, secondMs } from './series.ts';
import { addNumbers, at, fieldCount, tallyOf } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

type EnvironmentTraffic = ResponseOf<Contracts['environmentTraffic']>;

const worstShown = 12;

/** Calls of every app of an environment at a glance, over the apps that the caller may see. */
@Injectable()
export class EnvironmentTrafficRead {
  readonly #traffic: Traffic;
  readonly #resources: ResourcesRead;
  readonly #catalog: CatalogRead;
  readonly #clock: Clock;

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(ResourcesRead) resources: ResourcesRead,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Clock) clock: Clock,
  ) {
    this.#traffic = traffic;
    this.#resources = resources;
    this.#catalog = catalog;
    this.#clock = clock;
  }

  async read(environment: string, caller: Caller): Promise<EnvironmentTraffic> {
    await this.#catalog.requireEnvironment(environment);
    const names = (await this.#catalog.apps())
      .map(({ name }) => name)
      .filter((app) => may(caller, 'config:read', { environment, app }));
    const nowMs = this.#clock.now();
    const apps: EnvironmentTraffic['apps'] = [];
    const worst: EnvironmentTraffic['worst'] = [];
    for (const app of names) {
      const place = { environment, app };
      const known = this.#traffic.peek(place);
      apps.push({ app, ...(known ? minuteOf(known, nowMs) : { breakersOpen: 0 }) });
      if (!known) continue;
      const { items } = await this.#resources.listHere(place, undefined);
      worst.push(...items.filter((each) => each.minute).map((each) => ({ app, ...each })));
    }
    worst.sort((a, b) => byTrouble(a, b) || (a.resource < b.resource ? -1 : 1));
    return { apps, worst: worst.slice(0, worstShown), at: new Date(nowMs).toISOString() };
  }
}

function minuteOf(app: AppTraffic, nowMs: number): Omit<EnvironmentTraffic['apps'][number], 'app'> {
  const fromMs = nowMs - minuteMs;
  const { instances } = app.coverage.of(fromMs, nowMs);
  const numbers = new Float64Array(fieldCount);
  for (const series of app.all())
    series.seconds.eachRow(Math.ceil(fromMs / secondMs), Math.floor(nowMs / secondMs), (rows, offset) =>
      addNumbers(numbers, rows, offset),
    );
  let breakersOpen = 0;
  for (const open of app.open().values()) breakersOpen += open.length;
  return {
    ...((instances > 0 || numbers[at.told]! > 0) && {
      minute: { ...tallyOf(numbers, 0, {}), instances },
    }),
    breakersOpen,
    ...(app.heardAtMs > 0 && { heardAt: new Date(app.heardAtMs).toISOString() }),
  };
}

/** Errors, then volume. */
function byTrouble(a: Resource, b: Resource): number {
  const [x, y] = [troubleOf(a), troubleOf(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return y[i]! - x[i]!;
  return 0;
}

function troubleOf({ minute, breakers }: Resource): readonly number[] {
  if (!minute) return [breakers.length, 0, 0, 0];
  const blocked = Object.values(minute.blocked).reduce((sum, each) => sum + each, 0);
  return [breakers.length, minute.errors, blocked, minute.passed];
}
