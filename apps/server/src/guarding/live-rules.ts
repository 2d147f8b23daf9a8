import { Inject, Injectable } from '@nestjs/common';
import type { Content, Rules, Selectable } from '@sluice/core';
import type { Place } from '../fleet/place.ts';
import type { Target, View } from '../fleet/target.ts';
import { Targets } from '../fleet/targets.ts';

/** Rules that are live for everyone of an app. */
export interface LiveRuleSet {
  /** By namespace, under their keys. */
  readonly namespaces: ReadonlyMap<string, Rules>;
  /** All of them, as `namespace/key`: the ids under which instances know them. */
  readonly all: Rules;
}

/** The rules of an app as they are live, read from what instances are sent. */
@Injectable()
export class LiveRules {
  readonly #targets: Targets;
  readonly #known = new WeakMap<Target, LiveRuleSet>();
  /** By `namespace/key`. */
  readonly #viewed = new WeakMap<View, Rules>();

  constructor(@Inject(Targets) targets: Targets) {
    this.#targets = targets;
  }

  /** Those that are live for everyone: layers for some instances are left out. */
  async of(place: Place): Promise<LiveRuleSet> {
    return this.#of(await this.#targets.get(place));
  }

  /** The same, where it is in memory, as it is while instances are connected. */
  peek(place: Place): LiveRuleSet | undefined {
    const target = this.#targets.peek(place);
    return target && this.#of(target);
  }

  /** What one instance has to obey, layers for some included, by `namespace/key`; where it is in memory. */
  peekFor(place: Place, instance: Selectable): Rules {
    const target = this.#targets.peek(place);
    if (target === undefined) return {};
    const view = target.viewFor(instance);
    const known = this.#viewed.get(view);
    if (known) return known;
    const rules = withRefs(
      rulesIn(view.namespaces.keys(), target, (name) => view.namespaces.get(name)!.content()),
    );
    this.#viewed.set(view, rules);
    return rules;
  }

  #of(target: Target): LiveRuleSet {
    const known = this.#known.get(target);
    if (known) return known;
    const names = target.viewFor({ instanceId: '', labels: {} }).namespaces.keys();
    const namespaces = rulesIn(names, target, (name) => target.globalOf(name));
    const all = withRefs(namespaces);
    this.#known.set(target, { namespaces, all });
    return { namespaces, all };
  }
}

/** Those of the namespaces that hold rules, by namespace. */
function rulesIn(
  names: Iterable<string>,
  target: Target,
  contentOf: (name: string) => Content | undefined,
): Map<string, Rules> {
  const namespaces = new Map<string, Rules>();
  for (const name of names) {
    const content = target.namespace(name)?.kind === 'rules' ? contentOf(name) : undefined;
    if (content?.kind === 'rules') namespaces.set(name, content.items as unknown as Rules);
  }
  return namespaces;
}

/** Rules of several namespaces in one, each as `namespace/key`. */
export function withRefs(namespaces: ReadonlyMap<string, Rules>): Rules {
  return Object.fromEntries(
    [...namespaces].flatMap(([namespace, rules]) =>
      Object.entries(rules).map(([key, rule]) => [`${namespace}/${key}`, rule]),
    ),
  );
}
