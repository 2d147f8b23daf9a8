import { Inject, Injectable } from '@nestjs/common';
import type { Rules, ScriptRule } from '@sluice/core';
import type { Contracts, ResponseOf, ScriptStatus } from '@sluice/protocol';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Fleet } from '../fleet/fleet.ts';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { Place } from '../fleet/place.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';
import { LiveRules } from '../guarding/live-rules.ts';
import { ScriptStates } from './script-states.ts';

const troublesShown = 100;
const states = ['failing', 'quarantined', 'unavailable'] as const;

interface Question {
  readonly place: Place;
}
interface Answer {
  readonly items: readonly ScriptStatus[];
}

/** Scripts of rules as the instances of all nodes see them. */
@Injectable()
export class ScriptStatusRead {
  readonly #states: ScriptStates;
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #rules: LiveRules;
  readonly #catalog: CatalogRead;
  readonly #nodes: OtherNodes;
  readonly #clock: Clock;

  constructor(
    @Inject(ScriptStates) scriptStates: ScriptStates,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(LiveRules) rules: LiveRules,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(OtherNodes) nodes: OtherNodes,
    @Inject(Clock) clock: Clock,
  ) {
    this.#states = scriptStates;
    this.#fleet = fleet;
    this.#targets = targets;
    this.#rules = rules;
    this.#catalog = catalog;
    this.#nodes = nodes;
    this.#clock = clock;
    nodes.answers(
      'scripts',
      async ({ place }: Question): Promise<Answer> => ({
        items: await this.#here(place),
      }),
    );
  }

  async list(place: Place): Promise<ResponseOf<Contracts['listScripts']>> {
    await this.#catalog.requireApp(place.environment, place.app);
    const question: Question = { place };
    const [here, { answers, silent }] = await Promise.all([
      this.#here(place),
      this.#nodes.ask<Answer>('scripts', question),
    ]);
    const byRule = Map.groupBy([...here, ...answers.flatMap(({ items }) => items)], ({ rule }) => rule);
    return {
      items: [...byRule.values()].map(together).sort((a, b) => (a.rule < b.rule ? -1 : 1)),
      at: new Date(this.#clock.now()).toISOString(),
      ...(silent > 0 && { silentNodes: silent }),
    };
  }

  async #here(place: Place): Promise<ScriptStatus[]> {
    const target = await this.#targets.get(place);
    const found = new Map<string, ScriptStatus>();
    const { namespaces } = await this.#rules.of(place);
    for (const [namespace, rules] of namespaces)
      for (const each of scriptsIn(namespace, rules)) add(found, each);
    const scriptsHeld = reader(target);
    const troubles = this.#states.of(place);
    for (const connection of this.#fleet.of(place)) {
      const here = new Map((troubles.get(connection) ?? []).map((trouble) => [trouble.rule, trouble]));
      for (const script of scriptsHeld(connection)) {
        const status = add(found, script);
        const trouble = here.get(script.ref);
        if (!trouble) {
          if (script.rule.mode !== 'off') status.running += 1;
          continue;
        }
        status[trouble.state] += 1;
        const { state, error, sinceMs } = trouble;
        const since = new Date(sinceMs).toISOString();
        status.troubles.push({ instanceId: connection.instanceId, state, error, since });
      }
    }
    return [...found.values()].map((status) => ({ ...status, troubles: newest(status.troubles) }));
  }
}

interface Script {
  readonly ref: string;
  readonly rule: ScriptRule;
}

const scriptsIn = (namespace: string, rules: Rules): Script[] =>
  Object.entries(rules).flatMap(([key, rule]) =>
    rule.kind === 'script' ? [{ ref: `${namespace}/${key}`, rule }] : [],
  );

/** The scripts that an instance holds, by what it says it holds; many hold the same. */
function reader(target: Target): (connection: Connection) => Script[] {
  const known = new Map<string, Script[]>();
  return ({ holds }) =>
    [...holds].flatMap(([namespace, { digest }]) => {
      const key = `${namespace} ${digest}`;
      let scripts = known.get(key);
      if (!scripts) {
        const content =
          target.namespace(namespace)?.kind === 'rules' ? target.contentOf(namespace, digest) : undefined;
        scripts = content?.kind === 'rules' ? scriptsIn(namespace, content.items as unknown as Rules) : [];
        known.set(key, scripts);
      }
      return scripts;
    });
}

/** The status of a script among those found; the first that names it says of which role and mode it is. */
function add(found: Map<string, ScriptStatus>, { ref, rule }: Script): ScriptStatus {
  const known = found.get(ref);
  if (known) return known;
  const { role, mode } = rule;
  const none = { running: 0, failing: 0, quarantined: 0, unavailable: 0 };
  const status: ScriptStatus = { rule: ref, role, mode, ...none, troubles: [] };
  found.set(ref, status);
  return status;
}

function together(all: readonly ScriptStatus[]): ScriptStatus {
  const [first] = all as readonly [ScriptStatus];
  const sum = { ...first, troubles: newest(all.flatMap(({ troubles }) => troubles)) };
  for (const each of all.slice(1))
    for (const state of ['running', ...states] as const) sum[state] += each[state];
  return sum;
}

const newest = (troubles: readonly ScriptStatus['troubles'][number][]): ScriptStatus['troubles'] =>
  [...troubles].sort((a, b) => (a.since > b.since ? -1 : 1)).slice(0, troublesShown);
