import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AlertSetting } from '@sluice/core';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { AlertKeeper, type Due } from './alert-keeper.ts';
import { AlertSettings } from './alert-settings.ts';
import { type Finding, findingKey } from './findings/finding.ts';
import { FleetFindings } from './findings/fleet-findings.ts';
import { KillFindings } from './findings/kill-findings.ts';
import { PushFindings } from './findings/push-findings.ts';
import { TrafficFindings } from './findings/traffic-findings.ts';

const lookMs = 5000;

/**
 * Looks every five seconds at what this node can see, and hands on what has held for long enough. Each node does this
 * for its own instances; an alert is over when no node sees it any more.
 */
@Injectable()
export class AlertWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #fleet: FleetFindings;
  readonly #pushes: PushFindings;
  readonly #traffic: TrafficFindings;
  readonly #kills: KillFindings;
  readonly #settings: AlertSettings;
  readonly #keeper: AlertKeeper;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Since when each finding holds, on the clock that nobody sets back. */
  #since = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    @Inject(FleetFindings) fleet: FleetFindings,
    @Inject(PushFindings) pushes: PushFindings,
    @Inject(TrafficFindings) traffic: TrafficFindings,
    @Inject(KillFindings) kills: KillFindings,
    @Inject(AlertSettings) settings: AlertSettings,
    @Inject(AlertKeeper) keeper: AlertKeeper,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#fleet = fleet;
    this.#pushes = pushes;
    this.#traffic = traffic;
    this.#kills = kills;
    this.#settings = settings;
    this.#keeper = keeper;
    this.#clock = clock;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Looks once, now. Never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'alerts could not be looked after; it is tried again in 5 s'),
      )
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const settings = await this.#settings.now();
    const found = [
      ...(await this.#fleet.look()),
      ...(await this.#pushes.look()),
      ...this.#traffic.look(),
      ...(await this.#kills.look()),
    ];
    const now = this.#clock.monotonic();
    const before = this.#since;
    this.#since = new Map();
    const holding: Due[] = [];
    for (const finding of found) {
      const setting = settings.of(finding.environment, finding.app, finding.condition);
      if (!holds(finding, setting)) continue;
      const key = findingKey(finding);
      const since = before.get(key) ?? now;
      this.#since.set(key, since);
      const isDue = now - since >= setting.forSec * 1000;
      holding.push({ key, finding, severity: setting.severity, isDue });
    }
    await this.#keeper.keep(holding);
  }
}

function holds({ share, calls }: Finding, { enabled, threshold, minCalls }: AlertSetting): boolean {
  if (!enabled) return false;
  if (share !== undefined && threshold !== undefined && share < threshold) return false;
  return calls === undefined || minCalls === undefined || calls >= minCalls;
}
