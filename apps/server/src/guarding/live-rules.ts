import { Inject, Injectable } from '@nestjs/common';
import type { Rules } from '@sluice/core';
import type { Place } from '../fleet/place.ts';
import type { Target } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';

/** Rules that are live for everyone of an app. */
export interface LiveRuleSet {
  /** By namespace, under their keys. */
  readonly namespaces: ReadonlyMap<string, Rules>;
  /** All of them, as `namespace/key`: the ids under which instances know them. */
  readonly all: Rules;
}

/** The rules of an app as they are live, read from what instances are sent. Layers for some instances are left out. */
@Injectable()
export class LiveRules {
  readonly #targets: Targets;
  readonly #known = new WeakMap<Target, LiveRuleSet>();

  constructor(@Inject(Targets) targets: Targets) {
    this.#targets = targets;
  }

  async of(place: Place): Promise<LiveRuleSet> {
    return this.#of(await this.#targets.get(place));
  }

  /** The same, where it is in memory, as it is while instances are connected. */
  peek(place: Place): LiveRuleSet | undefined {
    const target = this.#targets.peek(place);
    return target && this.#of(target);
  }

  #of(target: Target): LiveRuleSet {
    const known = this.#known.get(target);
    if (known) return known;
    const namespaces = new Map<string, Rules>();
    for (const name of target.viewFor({ instanceId: '', labels: {} }).namespaces.keys()) {
      const content = target.namespace(name)?.kind === 'rules' ? target.globalOf(name) : undefined;
      if (content?.kind === 'rules') namespaces.set(name, content.items as unknown as Rules);
    }
    const all = withRefs(namespaces);
    this.#known.set(target, { namespaces, all });
    return { namespaces, all };
  }
}

/** Rules of several namespaces in one, each as `namespace/key`. */
export function withRefs(namespaces: ReadonlyMap<string, Rules>): Rules {
  return Object.fromEntries(
    [...namespaces].flatMap(([namespace, rules]) =>
      Object.entries(rules).map(([key, rule]) => [`${namespace}/${key}`, rule]),
    ),
  );
}
