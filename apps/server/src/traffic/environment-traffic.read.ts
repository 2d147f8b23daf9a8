import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, Resource, ResponseOf } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import { type Caller, may } from '../http/caller.ts';
import type { AppTraffic } from './app-traffic.ts';
import { type Heard, secondsSince } from './heard.ts';
import { mergedMinute, mergedResource, withInstances } from './merged-tally.ts';
import { breakersNow, byRank, heardLately, minuteOf, ResourcesRead, silentNodes } from './resources.read.ts';
import { minuteMs } from './series.ts';
import { at, blockedOf, type Numbers, tallyOf } from './tally-fields.ts';
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
type AppShown = EnvironmentTraffic['apps'][number];
/** With the breakers that are not closed on some instance: two nodes may tell of the same. */
type AppTold = Omit<AppShown, 'breakersOpen'> & {
  readonly breakers: readonly string[];
  readonly heard: Heard;
};
interface Told {
  readonly apps: readonly AppTold[];
  readonly worst: EnvironmentTraffic['worst'];
}

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
    const { answers, silent } = await this.#nodes.ask<Told>('environment traffic', question);
    const all = [this.#here(question), ...answers];
    const told = Map.groupBy(
      all.flatMap(({ apps }) => apps),
      ({ app }) => app,
    );
    const worst = Map.groupBy(
      all.flatMap((each) => each.worst),
      ({ app, type, resource }) => `${app} ${type} ${resource}`,
    );
    return {
      apps: names.map((name) => together(name, told.get(name) ?? [])),
      worst: [...worst.values()]
        .map((parts) => ({ app: parts[0]!.app, ...mergedResource(parts) }))
        .map((each) => withInstances(each, heardOf(told.get(each.app))))
        .sort((a, b) => byRank(troubleOf(a), troubleOf(b)) || (a.resource < b.resource ? -1 : 1))
        .slice(0, worstShown),
      at: new Date(this.#clock.now()).toISOString(),
      ...silentNodes(silent),
    };
  }

  /** Of this node's instances: more resources than are shown, so that the parts of several nodes add up. */
  #here({ environment, names }: Question): Told {
    const nowMs = this.#clock.now();
    const known = names.flatMap((app) => this.#traffic.peek({ environment, app }) ?? []);
    return {
      apps: known.map((app) => ({ app: app.place.app, ...appOf(app, nowMs) })),
      worst: this.#resources
        .highestHere(known, troubleIn, mostTold)
        .map(({ app, resource }) => ({ app, ...resource })),
    };
  }
}

const heardOf = (all: readonly AppTold[] = []): Heard[] => all.map(({ heard }) => heard);

/** One app as several nodes know it. */
function together(app: string, all: readonly AppTold[]): AppShown {
  const minutes = all.flatMap(({ minute }) => (minute ? [minute] : []));
  const heardAt = all
    .flatMap(({ heardAt }) => heardAt ?? [])
    .sort()
    .at(-1);
  const told: AppShown = {
    app,
    ...(minutes.length > 0 && { minute: mergedMinute(minutes) }),
    breakersOpen: new Set(all.flatMap(({ breakers }) => breakers)).size,
    ...(heardAt !== undefined && { heardAt }),
  };
  return withInstances(told, heardOf(all));
}

function appOf(app: AppTraffic, nowMs: number): Omit<AppTold, 'app'> {
  const heard = app.coverage.of(nowMs - minuteMs, nowMs);
  const { instances } = heard;
  const numbers = minuteOf(app.seconds, nowMs);
  return {
    ...((instances > 0 || numbers[at.told]! > 0) && {
      minute: { ...tallyOf(numbers, 0, {}), instances, seconds: secondsSince(heard) },
    }),
    heard: heardLately(app, nowMs),
    breakers: [...breakersNow(app)].flatMap(([address, rules]) =>
      rules.map(({ rule }) => `${rule} ${address}`),
    ),
    ...(app.heardAtMs > 0 && { heardAt: new Date(app.heardAtMs).toISOString() }),
  };
}

/** Breakers that are not closed, errors, blocks, then volume. */
const troubleIn = (minute: Numbers, breakers: number): readonly number[] => [
  breakers,
  minute[at.errors]!,
  blockedOf(minute),
  minute[at.passed]!,
];

/** The same of what nodes told. */
function troubleOf({ minute, breakers }: Resource): readonly number[] {
  if (!minute) return [breakers.length, 0, 0, 0];
  const blocked = Object.values(minute.blocked).reduce((sum, each) => sum + each, 0);
  return [breakers.length, minute.errors, blocked, minute.passed];
}
