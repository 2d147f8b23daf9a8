import { Inject, Injectable } from '@nestjs/common';
import { type Content, compose, type ErrorText, SluiceError } from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import { ContentCheck } from '../releases/content/content-check.ts';
import type { NamespaceInForce } from '../releases/layers.read.ts';
import { faultWords, linkerMisfitText } from '../releases/linker-fit.ts';
import type { LinkedPart } from './linked-plans.ts';
import { preparedVariants } from './prepared-variants.ts';
import { shapeOfWhole } from './wanted-changes.ts';

type PlanWarning = PushPlanBody['warnings'][number];

/** What a push changes at home, and for each app that links what it releases. */
interface Planned extends Omit<LinkedPart, 'place'> {
  readonly linked: readonly LinkedPart[];
}

/**
 * Layers that are sound alone may not be sound over one another: those instances would refuse them, keep what they have,
 * and the verdict would say so. The plan says it first, with the app where it is another one.
 */
@Injectable()
export class Misfits {
  readonly #check: ContentCheck;

  constructor(@Inject(ContentCheck) check: ContentCheck) {
    this.#check = check;
  }

  of({ linked, ...own }: Planned): PlanWarning[] {
    return [...this.#ofInstances(own), ...linked.flatMap((part) => this.#ofApp(part))];
  }

  /** Who links has an own content over what is released: that they don't fit is true of everybody there, online or not. */
  #ofApp(part: LinkedPart): PlanWarning[] {
    const { app } = part.place;
    const { standing, after } = part;
    const whole = new Map<string, PlanWarning>();
    for (const [index, next] of after.entries()) {
      if (next === standing.namespaces[index]) continue;
      const namespace = standing.inForce.namespaces[index]!;
      const layers = next.layers.filter(({ kind }) => kind === 'global');
      const fault = this.#faultOf(compose(next.kind, layers)?.content, namespace);
      if (fault) whole.set(next.name, { ...linkerMisfitText(`${app}/${next.name}`, fault), app });
    }
    return [...whole.values(), ...this.#ofInstances(part, new Set(whole.keys())).map((w) => ({ ...w, app }))];
  }

  #ofInstances(part: Omit<LinkedPart, 'place'>, told: ReadonlySet<string> = new Set()): ErrorText[] {
    return preparedVariants(part).flatMap(({ instanceIds, namespaces }) =>
      namespaces.flatMap(({ name, layers }): ErrorText[] => {
        if (told.has(name) || layers.length < 2) return [];
        const namespace = part.standing.inForce.namespaces.find((each) => each.name === name);
        if (!namespace) return []; // deleted, and about to come back alone
        const fault = this.#faultOf(compose(namespace.kind, layers)?.content, namespace);
        return fault ? [layersMisfit(instanceIds, fault)] : [];
      }),
    );
  }

  #faultOf(content: Content | undefined, namespace: NamespaceInForce): ErrorText | undefined {
    if (!content) return undefined;
    try {
      this.#check.check(content, shapeOfWhole(namespace), { path: namespace.name });
      return undefined;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return faultWords(error);
    }
  }
}

const layersMisfit = ([first = '', ...others]: readonly string[], fault: ErrorText): ErrorText => ({
  en: `${first} and ${others.length} more would refuse it, as their layers add up to what does not fit: ${fault.en}`,
  zh: `${first} 等 ${others.length + 1} 个实例会拒绝它，因为各层叠加后不合法：${fault.zh}`,
});
