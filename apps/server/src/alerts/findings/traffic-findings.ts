import { Inject, Injectable } from '@nestjs/common';
import type { ResourceType, Rules } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';
import { Clock } from '../../env/clock.ts';
import type { Connection } from '../../fleet/connection.ts';
import { Fleet } from '../../fleet/fleet.ts';
import { type Place, placeKey } from '../../fleet/place.ts';
import { LiveRules } from '../../guarding/live-rules.ts';
import type { AppTraffic } from '../../traffic/app-traffic.ts';
import { minuteMs, type Series, secondMs } from '../../traffic/series.ts';
import { addNumbers, at, blockedOf, fieldCount } from '../../traffic/tally-fields.ts';
import { Traffic } from '../../traffic/traffic.ts';
import { type Finding, percent } from './finding.ts';

const named = 5;

/** What calls through the instances of this node come to: errors, blocks, breakers, scripts. */
@Injectable()
export class TrafficFindings {
  readonly #traffic: Traffic;
  readonly #fleet: Fleet;
  readonly #rules: LiveRules;
  readonly #clock: Clock;
  readonly #scripts = new WeakMap<Connection, Report['scripts']>();

  constructor(
    @Inject(Traffic) traffic: Traffic,
    @Inject(Fleet) fleet: Fleet,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(Clock) clock: Clock,
  ) {
    this.#traffic = traffic;
    this.#fleet = fleet;
    this.#rules = rules;
    this.#clock = clock;
    traffic.onReport((connection, report) => this.#scripts.set(connection, report.scripts));
  }

  look(): Finding[] {
    const nowMs = this.#clock.now();
    const places = new Map([...this.#fleet.all()].map(({ place }) => [placeKey(place), place]));
    const calls = [...places.values()].flatMap((place) => {
      const app = this.#traffic.peek(place);
      if (!app) return [];
      return [...this.#breakers(app), ...[...app.all()].flatMap((series) => shares(app, series, nowMs))];
    });
    return [...calls, ...this.#scriptsOff()];
  }

  #breakers(app: AppTraffic): Finding[] {
    const open = new Map<string, { rule: string; resource: string; type: ResourceType; ids: string[] }>();
    for (const [instanceId, states] of app.open()) {
      const rules = this.#rulesOf(app.place, instanceId);
      for (const { rule, resource, type, state } of states) {
        // Held by hand is somebody's decision, and closed by hand is no breaker at all.
        if (state !== 'open' && state !== 'halfOpen') continue;
        // A rule in monitor mode refuses nobody: what it would do is for predictions, and wakes no one.
        if (rules[rule]?.mode === 'monitor') continue;
        const key = `${type} ${resource} ${rule}`;
        const known = open.get(key) ?? { rule, resource, type, ids: [] };
        known.ids.push(instanceId);
        open.set(key, known);
      }
    }
    return [...open.values()].map(({ rule, resource, type, ids }) => ({
      ...app.place,
      condition: 'breakerOpen',
      subject: `${rule} ${type} ${resource}`,
      link: { to: 'resource', resource, type },
      text: {
        en: `Breaker ${rule} of ${type} ${resource} is open on ${someOf(ids, 'en')}`,
        zh: `${type} ${resource} 的熔断器 ${rule} 在 ${someOf(ids, 'zh')} 上处于打开状态`,
      },
    }));
  }

  #rulesOf(place: Place, instanceId: string): Rules {
    const connection = this.#fleet.find(place, instanceId);
    return connection ? this.#rules.peekFor(place, connection) : {};
  }

  #scriptsOff(): Finding[] {
    const off = new Map<string, { connection: Connection; rule: string; error: string; ids: string[] }>();
    for (const connection of this.#fleet.all())
      for (const { rule, state, error } of this.#scripts.get(connection) ?? []) {
        if (state !== 'quarantined') continue;
        const key = `${placeKey(connection.place)}\n${rule}`;
        const known = off.get(key) ?? { connection, rule, error, ids: [] };
        known.ids.push(connection.instanceId);
        off.set(key, known);
      }
    return [...off.values()].map(({ connection, rule, error, ids }) => ({
      ...connection.place,
      condition: 'scriptOff',
      subject: rule,
      link: { to: 'rule', rule },
      text: {
        en: `Script ${rule} is switched off on ${someOf(ids, 'en')}: ${error}`,
        zh: `脚本 ${rule} 在 ${someOf(ids, 'zh')} 上被停用：${error}`,
      },
    }));
  }
}

function shares(app: AppTraffic, series: Series, nowMs: number): Finding[] {
  const sum = new Float64Array(fieldCount);
  const from = Math.ceil((nowMs - minuteMs) / secondMs);
  series.seconds.eachRow(from, Math.floor(nowMs / secondMs), (rows, offset) => addNumbers(sum, rows, offset));
  const { resource, type } = series;
  const about = {
    ...app.place,
    subject: `${type} ${resource}`,
    link: { to: 'resource' as const, resource, type },
  };
  const [errors, ended] = [sum[at.errors]!, sum[at.errors]! + sum[at.success]!];
  const [blocked, asked] = [blockedOf(sum), blockedOf(sum) + sum[at.passed]!];
  const found: Finding[] = [];
  if (errors > 0)
    found.push({
      ...about,
      condition: 'errors',
      share: errors / ended,
      calls: ended,
      text: {
        en: `${percent(errors / ended)} % of the calls of ${resource} failed in the last minute (${errors} of ${ended})`,
        zh: `最近一分钟 ${resource} 有 ${percent(errors / ended)}% 的调用出错（${ended} 次中 ${errors} 次）`,
      },
    });
  if (blocked > 0)
    found.push({
      ...about,
      condition: 'blocked',
      share: blocked / asked,
      calls: asked,
      text: {
        en: `${percent(blocked / asked)} % of the calls of ${resource} were blocked in the last minute (${blocked} of ${asked})`,
        zh: `最近一分钟 ${resource} 有 ${percent(blocked / asked)}% 的调用被拦截（${asked} 次中 ${blocked} 次）`,
      },
    });
  return found;
}

function someOf(ids: readonly string[], language: 'en' | 'zh'): string {
  const shown = [...ids]
    .sort()
    .slice(0, named)
    .join(language === 'en' ? ', ' : '、');
  const more = ids.length - named;
  if (more <= 0) return shown;
  return language === 'en' ? `${shown} and ${more} more` : `${shown} 等 ${ids.length} 个实例`;
}
