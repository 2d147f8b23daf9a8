import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Topic } from '@sluice/protocol/console';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { KillService } from '../guarding/kill.service.ts';
import { KillSwitches } from '../guarding/kill-switches.ts';
import { LiveHub } from './live-hub.ts';

const tellMs = 250;

/** Tells pages of an environment or an app when a kill switch was turned, and while its instances come to obey. */
@Injectable()
export class KillHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #hub: LiveHub;
  readonly #switches: KillSwitches;
  readonly #kill: KillService;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #moved = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #telling = false;

  constructor(
    @Inject(LiveHub) hub: LiveHub,
    @Inject(KillSwitches) switches: KillSwitches,
    @Inject(KillService) kill: KillService,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#hub = hub;
    this.#switches = switches;
    this.#kill = kill;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#switches.onMoved(({ environment }) => this.#moved.add(environment));
    this.#timer = setInterval(() => void this.#tell(), tellMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #tell(): Promise<void> {
    if (this.#telling || this.#moved.size === 0) return;
    this.#telling = true;
    const environments = [...this.#moved];
    this.#moved.clear();
    try {
      for (const [key, topic] of [...this.#hub.watchedTopics()])
        if (environments.includes(topic.environment)) await this.#tellOne(key, topic);
    } catch (error) {
      this.#logger.debug(
        { err: error },
        'pages could not be told of the kill switch; they ask by themselves',
      );
    } finally {
      this.#telling = false;
    }
  }

  async #tellOne(key: string, topic: Topic): Promise<void> {
    if (topic.of !== 'environment' && topic.of !== 'app') return;
    const rows = this.#switches
      .of(topic.environment)
      .filter(({ app }) => topic.of === 'environment' || app === '' || app === topic.app);
    if (rows.length === 0) return;
    const kill = await Promise.all(rows.map((row) => this.#kill.state(row)));
    this.#hub.tell(key, { topic, at: new Date(this.#clock.now()).toISOString(), kill });
  }
}
