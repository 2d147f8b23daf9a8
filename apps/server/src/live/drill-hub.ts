import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Drill, DrillDetail, DrillEvent, DrillTarget } from '@sluice/protocol';
import type { LiveUpdate, Topic } from '@sluice/protocol/console';
import type { Logger } from 'pino';
import { DrillRunner } from '../drills/drill-runner.ts';
import { DrillsRead, drillOf } from '../drills/drills.read.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { LiveHub } from './live-hub.ts';

const tellMs = 500;
/** What a page was told of a drill that it watches. */
interface Told {
  readonly events: Set<string>;
  readonly targets: Map<string, string>;
}

/** Tells pages of drills that move: whoever watches the app their state, whoever watches one all that happens in it. */
@Injectable()
export class DrillHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #hub: LiveHub;
  readonly #runner: DrillRunner;
  readonly #read: DrillsRead;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #moved = new Set<string>();
  readonly #told = new Map<string, Told>();
  #timer: NodeJS.Timeout | undefined;
  #telling = false;

  constructor(
    @Inject(LiveHub) hub: LiveHub,
    @Inject(DrillRunner) runner: DrillRunner,
    @Inject(DrillsRead) read: DrillsRead,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#hub = hub;
    this.#runner = runner;
    this.#read = read;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#runner.onMoved((drillId) => this.#moved.add(drillId));
    this.#timer = setInterval(() => void this.#tell(), tellMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #tell(): Promise<void> {
    if (this.#telling || this.#moved.size === 0) return;
    this.#telling = true;
    const ids = [...this.#moved];
    this.#moved.clear();
    try {
      const topics = [...this.#hub.watchedTopics()];
      for (const key of this.#told.keys())
        if (!topics.some(([watched]) => watched === key)) this.#told.delete(key);
      if (topics.length > 0) for (const id of ids) await this.#tellOf(id, topics);
    } catch (error) {
      this.#logger.debug({ err: error }, 'pages could not be told of a drill; they ask by themselves');
    } finally {
      this.#telling = false;
    }
  }

  async #tellOf(drillId: string, topics: readonly (readonly [key: string, topic: Topic])[]): Promise<void> {
    const row = await this.#read.byId(drillId);
    if (!row) return;
    const place = { environment: row.environment, app: row.app };
    const summary = drillOf(row);
    for (const [key, topic] of topics) {
      if (topic.environment !== place.environment) continue;
      if (topic.of === 'environment' || (topic.of === 'app' && topic.app === place.app))
        this.#send(key, topic, summary);
      if (topic.of === 'drill' && topic.drill === drillId && topic.app === place.app)
        this.#sendAll(key, topic, await this.#read.detail(place, drillId));
    }
  }

  #send(key: string, topic: Topic, summary: Drill, more: Partial<LiveUpdate> = {}): void {
    this.#hub.tell(key, {
      topic,
      at: new Date(this.#clock.now()).toISOString(),
      drills: [summary],
      ...more,
    });
  }

  #sendAll(key: string, topic: Topic, detail: DrillDetail): void {
    const { definition: _, findings: __, checkedAt: ___, measures, instances, events, ...summary } = detail;
    const told = this.#told.get(key) ?? { events: new Set<string>(), targets: new Map<string, string>() };
    this.#told.set(key, told);
    const moved = instances.filter((one) => told.targets.get(one.instanceId) !== wordOf(one));
    const news = events.filter((event) => !told.events.has(eventWord(event)));
    for (const one of moved) told.targets.set(one.instanceId, wordOf(one));
    for (const event of news) told.events.add(eventWord(event));
    this.#send(key, topic, summary, {
      drillMeasures: measures,
      ...(moved.length > 0 && { drillTargets: moved }),
      ...(news.length > 0 && { drillEvents: news }),
    });
  }
}

/** Its place in the sequence moves when an earlier one is told late. */
const eventWord = ({ at, kind, text }: DrillEvent): string => `${at} ${kind} ${text.en}`;
const wordOf = (target: DrillTarget): string => JSON.stringify(target);
