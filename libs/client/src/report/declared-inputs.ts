import {
  type CallInputs,
  type CompiledRule,
  type Condition,
  type InputPlace,
  inputOf,
  type Json,
  type Plan,
} from '@sluice/core';

interface Declared {
  readonly name: string;
  readonly read: ReturnType<typeof inputOf>;
}

const mostInputs = 20;
const longestText = 256;
const known = new WeakMap<Plan, readonly Declared[]>();

/** What the rules of a plan look at in a call, by the names of the places, as a recording has it. */
export function declaredInputs(plan: Plan, inputs: CallInputs): Record<string, Json> {
  let declared = known.get(plan);
  if (!declared) {
    declared = declaredBy(plan);
    known.set(plan, declared);
  }
  const found: Record<string, Json> = {};
  for (const { name, read } of declared) {
    const value = read(inputs);
    if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
    found[name] = typeof value === 'string' ? value.slice(0, longestText).toWellFormed() : value;
  }
  return found;
}

function declaredBy(plan: Plan): Declared[] {
  const places = new Map<string, InputPlace>();
  const { intercept, monitor, faults, scripts, watchingScripts } = plan;
  const stages = [intercept, monitor].flatMap(({ filters, limits, permits, breakers }) => [
    ...filters,
    ...limits,
    ...permits,
    ...breakers,
  ]);
  const rules = [
    ...stages.map(({ compiled }) => compiled),
    ...(faults?.rules ?? []),
    ...scripts,
    ...watchingScripts,
  ];
  for (const compiled of rules)
    for (const place of placesOf(compiled)) if (places.size < mostInputs) places.set(nameOf(place), place);
  return [...places].map(([name, place]) => ({ name, read: inputOf(place) }));
}

function placesOf({ rule }: CompiledRule): InputPlace[] {
  const places = rule.when ? placesIn(rule.when) : [];
  if (rule.kind === 'limit' && rule.per && rule.per.by !== 'instance') places.push(rule.per);
  if (rule.kind === 'access')
    places.push(rule.by === 'tag' ? { by: 'tag', name: rule.tag } : { by: rule.by });
  if (rule.kind === 'script') places.push(...(rule.inputs ?? []).flatMap(placeNamed));
  return places;
}

function placesIn(condition: Condition): InputPlace[] {
  if ('and' in condition) return condition.and.flatMap(placesIn);
  if ('or' in condition) return condition.or.flatMap(placesIn);
  if ('not' in condition) return placesIn(condition.not);
  const { on } = condition;
  if (on === 'origin') return [{ by: on }];
  if (on !== 'argument') return [{ by: on, name: condition.name }];
  const { index, path } = condition;
  return [{ by: on, index, ...(path !== undefined && { path }) }];
}

/** `header:x-tier`, `args[0].user.id`, ... as scripts name them. */
function nameOf(place: InputPlace): string {
  switch (place.by) {
    case 'argument':
      return `args[${place.index}]${place.path === undefined ? '' : `.${place.path}`}`;
    case 'header':
    case 'query':
    case 'tag':
      return `${place.by}:${place.name}`;
    default:
      return place.by;
  }
}

function placeNamed(name: string): InputPlace[] {
  if (name === 'origin' || name === 'user' || name === 'ip') return [{ by: name }];
  const field = /^(header|query|tag):(.+)$/.exec(name);
  if (field) return [{ by: field[1] as 'header' | 'query' | 'tag', name: field[2]! }];
  const argument = /^args\[(\d+)\](?:\.(.+))?$/.exec(name);
  if (!argument) return [];
  const [, index, path] = argument;
  return [{ by: 'argument', index: Number(index), ...(path !== undefined && { path }) }];
}
