import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { TrafficMarker } from '@sluice/protocol';
import type { LiveUpdate, Topic } from '@sluice/protocol/console';
import { Clock } from '../env/clock.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { ringPoints } from '../traffic/chart.read.ts';
import { breakerTurns, inOrder } from '../traffic/markers.ts';
import { mergedBreakers, mergedPoints } from '../traffic/merged-tally.ts';
import { breakersNow } from '../traffic/resources.read.ts';
import type { Series } from '../traffic/series.ts';
import { Traffic } from '../traffic/traffic.ts';
import { LiveHub } from './live-hub.ts';

const tellMs = 1000;
/** Steps that are told each time: reports of these may still come in. */
const stepsTold = 5;
/** Of a single resource: that nothing happened in a second is known once the instances gave their next sign. */
const stepsOfOne = 12;
/** A page of all resources hears of those with calls in these steps, at most so many. */
const maxTold = 200;

type TrafficTopic = Extract<Topic, { of: 'traffic' }>;
type Told = NonNullable<LiveUpdate['traffic']>[number];

/** What one node's instances told lately of the calls that a page watches. */
interface Lately {
  readonly traffic: readonly Told[];
  readonly markers: readonly TrafficMarker[];
}
const nothing: Lately = { traffic: [], markers: [] };

/** Tells pages that watch the calls of an app what the last seconds brought; without a watcher it does nothing. */
@Injectable()
export class TrafficHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #hub: LiveHub;
  readonly #traffic: Traffic;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs = 0;
  /** Topics that other nodes are being asked about. */
  readonly #asking = new Set<string>();

  constructor(
    @Inject(LiveHub) hub: LiveHub,
    @Inject(Traffic) traffic: Traffic,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#hub = hub;
    this.#traffic = traffic;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers('traffic lately', (topic: TrafficTopic) => this.#here(topic, clock.now()));
  }

  onApplicationBootstrap(): void {
    this.#toldAtMs = this.#clock.now();
    this.#timer = setInterval(() => this.#tell(), tellMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const nowMs = this.#clock.now();
    for (const [key, topic] of this.#hub.watchedTopics()) {
      if (topic.of !== 'traffic') continue;
      // A node that takes longer than a second is waited for, and asked no more until then.
      if (this.#asking.has(key)) continue;
      this.#asking.add(key);
      void this.#tellOf(key, topic, nowMs).finally(() => this.#asking.delete(key));
    }
    this.#toldAtMs = nowMs;
  }

  async #tellOf(key: string, topic: TrafficTopic, nowMs: number): Promise<void> {
    const here = this.#here(topic, nowMs);
    const { answers } = await this.#nodes.ask<Lately>('traffic lately', topic);
    const update = updateOf(topic, [here, ...answers], nowMs);
    if (update) this.#hub.tell(key, update);
  }

  #here(topic: TrafficTopic, nowMs: number): Lately {
    const app = this.#traffic.peek({ environment: topic.environment, app: topic.app });
    if (!app) return nothing;
    const breakers = breakersNow(app);
    // Where a breaker is not closed here, the page must not hear of it from a node with calls alone.
    const wanted = [...app.all()].filter(
      ({ resource, type, lastSeenAt }) =>
        (topic.resource === undefined
          ? lastSeenAt > nowMs - (stepsTold + 1) * 1000 || breakers.has(`${type} ${resource}`)
          : resource === topic.resource) &&
        (topic.type === undefined || type === topic.type),
    );
    const steps = topic.resource === undefined ? stepsTold : stepsOfOne;
    const traffic: Told[] = wanted.slice(0, maxTold).map((series) => ({
      resource: series.resource,
      type: series.type,
      points: ringPoints(app, series.seconds, nowMs - steps * 1000, nowMs, nowMs),
      breakers: breakers.get(`${series.type} ${series.resource}`) ?? [],
    }));
    const markers = wanted.flatMap((series) => this.#news(app, series, nowMs));
    return { traffic, markers };
  }

  /** Breakers that turned lately; told twice rather than not at all, for reports come in late. */
  #news(app: AppTraffic, series: Series, nowMs: number): TrafficMarker[] {
    return breakerTurns(app, series, this.#toldAtMs - stepsTold * 1000, nowMs);
  }
}

/** What all nodes told; undefined when there is nothing new in it. */
function updateOf(topic: TrafficTopic, all: readonly Lately[], nowMs: number): LiveUpdate | undefined {
  const told = Map.groupBy(
    all.flatMap((each) => each.traffic),
    ({ resource, type }) => `${type} ${resource}`,
  );
  const traffic = [...told.values()].slice(0, maxTold).map(
    (those): Told => ({
      resource: those[0]!.resource,
      type: those[0]!.type,
      points: mergedPoints(those.map(({ points }) => points)),
      breakers: mergedBreakers(those.map(({ breakers }) => breakers)),
    }),
  );
  const markers = inOrder(all.flatMap((each) => each.markers));
  if (traffic.every(({ points }) => points.length === 0) && markers.length === 0) return undefined;
  return { topic, at: new Date(nowMs).toISOString(), traffic, ...(markers.length > 0 && { markers }) };
}
