import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { TrafficMarker } from '@sluice/protocol';
import type { LiveUpdate, Topic } from '@sluice/protocol/console';
import { Clock } from '../env/clock.ts';
import type { AppTraffic } from '../traffic/app-traffic.ts';
import { ringPoints } from '../traffic/chart.read.ts';
import { breakerTurns } from '../traffic/markers.ts';
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

/** Tells pages that watch the calls of an app what the last seconds brought; without a watcher it does nothing. */
@Injectable()
export class TrafficHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #hub: LiveHub;
  readonly #traffic: Traffic;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs = 0;

  constructor(@Inject(LiveHub) hub: LiveHub, @Inject(Traffic) traffic: Traffic, @Inject(Clock) clock: Clock) {
    this.#hub = hub;
    this.#traffic = traffic;
    this.#clock = clock;
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
      const app = this.#traffic.peek({ environment: topic.environment, app: topic.app });
      const update = app && this.#update(topic, app, nowMs);
      if (update) this.#hub.tell(key, update);
    }
    this.#toldAtMs = nowMs;
  }

  #update(topic: TrafficTopic, app: AppTraffic, nowMs: number): LiveUpdate | undefined {
    const wanted = [...app.all()].filter(
      ({ resource, type, lastSeenAt }) =>
        (topic.resource === undefined
          ? lastSeenAt > nowMs - (stepsTold + 1) * 1000
          : resource === topic.resource) &&
        (topic.type === undefined || type === topic.type),
    );
    const steps = topic.resource === undefined ? stepsTold : stepsOfOne;
    const breakers = breakersNow(app);
    const traffic: Told[] = wanted.slice(0, maxTold).map((series) => ({
      resource: series.resource,
      type: series.type,
      points: ringPoints(app, series.seconds, nowMs - steps * 1000, nowMs, nowMs),
      breakers: breakers.get(`${series.type} ${series.resource}`) ?? [],
    }));
    const markers = wanted.flatMap((series) => this.#news(app, series, nowMs));
    if (traffic.every(({ points }) => points.length === 0) && markers.length === 0) return undefined;
    return {
      topic,
      at: new Date(nowMs).toISOString(),
      traffic,
      ...(markers.length > 0 && { markers }),
    };
  }

  /** Breakers that turned lately; told twice rather than not at all, for reports come in late. */
  #news(app: AppTraffic, series: Series, nowMs: number): TrafficMarker[] {
    return breakerTurns(app, series, this.#toldAtMs - stepsTold * 1000, nowMs);
  }
}
