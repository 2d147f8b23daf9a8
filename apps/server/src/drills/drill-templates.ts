import { Inject, Injectable } from '@nestjs/common';
import { type ResourceType, resourceTypes } from '@sluice/core';
import type { DrillTemplate } from '@sluice/protocol';
import type { Place } from '../fleet/place.ts';
import { ResourcesRead } from '../traffic/resources.read.ts';
import { type Chosen, type Design, designs, type Wanted } from './template-designs.ts';

interface Known {
  readonly resource: string;
  readonly type: ResourceType;
}

/** Designs to begin with, about the resources that the app has: those that are meant by name, else the busiest that would do. */
@Injectable()
export class DrillTemplates {
  readonly #resources: ResourcesRead;

  constructor(@Inject(ResourcesRead) resources: ResourcesRead) {
    this.#resources = resources;
  }

  async of(place: Place): Promise<DrillTemplate[]> {
    const { items } = await this.#resources.list(place, undefined);
    return designs.map((design) => fitted(design, items));
  }
}

function fitted(
  { template, title, description, broken, seen, make }: Design,
  known: readonly Known[],
): DrillTemplate {
  const [breaks, looksAt] = [choose(broken, known), choose(seen, known)];
  return {
    template,
    title,
    description,
    definition: make(breaks ?? fallbackOf(broken), looksAt ?? breaks ?? fallbackOf(seen)),
    fits: breaks !== undefined && looksAt !== undefined,
  };
}

/** Known ones come busiest first. */
function choose({ names, types }: Wanted, known: readonly Known[]): Chosen | undefined {
  const named = names
    .map((name) => known.find(({ resource, type }) => resource === name && types.includes(type)))
    .find((each) => each !== undefined);
  const found =
    named ??
    types.map((wanted) => known.find(({ type }) => type === wanted)).find((each) => each !== undefined);
  return found && { resource: found.resource, type: found.type };
}

const fallbackOf = ({ names, types }: Wanted): Chosen => ({
  resource: names[0]!,
  type: types[0] ?? resourceTypes[0],
});
