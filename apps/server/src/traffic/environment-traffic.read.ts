import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, Resource, ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import { type Caller, may } from '../http/caller.ts';
import type { AppTraffic } from './app-traffic.ts';
import { lastMinuteOf } from './last-minute.ts';
import { mergedResource, mergedTally } from './merged-tally.ts';
import { ResourcesRead, silentNodes } from './resources.read.ts';
import { minuteMs } from './series.ts';
import { addNumbers, at, fieldCount, tallyOf } from './tally-fields.ts';
import { Traffic } from './traffic.ts';

type EnvironmentTraffic = ResponseOf<Contracts['environmentTraffic']>;

const worstShown = 12;

/** To another node: of the apps that the caller may see. */
interface Question {
  readonly environment: string;
  readonly names: readonly string[];
}
/** Resources that a node tells another of. */
const mostTold = 200;
type Told = Pick<EnvironmentTraffic, 'apps' | 'worst'>;

/** Calls of every app of an environment at a glance, over all nodes, over the apps that the caller may see. */
@Injectable()
export class EnvironmentTrafficRead {
  readonly #traffic: Traffic;
  readonly #resources: ResourcesRead;
  readonly #catalog: CatalogRead;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(ResourcesRead) resources: ResourcesRead,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#traffic = traffic;
    this.#resources = resources;
    this.#catalog = catalog;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers('environment traffic', (question: Question) => this.#here(question));
  }

  async read(environment: string, caller: Caller): Promise<EnvironmentTraffic> {
    await this.#catalog.requireEnvironment(environment);
    const names = (await this.#catalog.apps())
      .map(({ name }) => name)
      .filter((app) => may(caller, 'config:read', { environment, app }));
    const question: Question = { environment, names };
    const [here, { answers, silent }] = await Promise.all([
      this.#here(question),
      this.#nodes.ask<Told>('environment traffic', question),
    ]);
    const all = [here, ...answers];
    const worst = Map.groupBy(
      all.flatMap((told) => told.worst),
      ({ app, type, resource }) => `${app} ${type} ${resource}`,
    );
    return {
      apps: names.map((name) => together(all.flatMap(({ apps }) => apps.filter(({ app }) => app === name)))),
      worst: [...worst.values()]
        .map((told) => ({ app: told[0]!.app, ...mergedResource(told) }))
        .sort((a, b) => byTrouble(a, b) || (a.resource < b.resource ? -1 : 1))
        .slice(0, worstShown),
      at: new Date(this.#clock.now()).toISOString(),
      ...silentNodes(silent),
    };
  }

  /** Of this node's instances: more resources than are shown, so that the parts of several nodes add up. */
  async #here({ environment, names }: Question): Promise<Told> {
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
    return { apps, worst: worst.slice(0, mostTold) };
  }
}

/** One app as several nodes know it. */
function together(all: readonly EnvironmentTraffic['apps'][number][]): EnvironmentTraffic['apps'][number] {
  const minutes = all.flatMap(({ minute }) => (minute ? [minute] : []));
  const heardAt = all
    .flatMap((told) => told.heardAt ?? [])
    .sort()
    .at(-1);
  return {
    app: all[0]!.app,
    ...(minutes.length > 0 && {
      minute: {
        ...mergedTally(minutes),
        instances: minutes.reduce((sum, { instances }) => sum + instances, 0),
      },
    }),
    breakersOpen: all.reduce((sum, told) => sum + told.breakersOpen, 0),
    ...(heardAt !== undefined && { heardAt }),
  };
}

function minuteOf(app: AppTraffic, nowMs: number): Omit<EnvironmentTraffic['apps'][number], 'app'> {
  const fromMs = nowMs - minuteMs;
  const { instances } = app.coverage.of(fromMs, nowMs);
  const numbers = new Float64Array(fieldCount);
  const { from, to } = lastMinuteOf(nowMs);
  for (const series of app.all())
    series.seconds.eachRow(from, to, (rows, offset) => addNumbers(numbers, rows, offset));
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
