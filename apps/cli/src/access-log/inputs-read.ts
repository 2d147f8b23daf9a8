import type { Rules } from '@sluice/core';

/** Which places of a call rules look at: `ip`, `user`, `header:x-tier`, `query:page`, `origin`, `args[0]` ... */
export function inputsRead(rules: Rules): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) look(each);
      return;
    }
    const fields = value as Readonly<Record<string, unknown>>;
    const place = fields.on ?? fields.by;
    if (place === 'argument') found.add(`args[${String(fields.index)}]`);
    else if (place === 'header' || place === 'query' || place === 'tag')
      found.add(`${place}:${String(fields.name ?? fields.tag)}`);
    else if (typeof place === 'string' && place !== 'instance') found.add(place);
    for (const each of Object.values(fields)) look(each);
  };
  for (const rule of Object.values(rules)) {
    if (rule.mode === 'off') continue;
    look(rule.when);
    if (rule.kind === 'limit') look(rule.per);
    if (rule.kind === 'access') look({ ...rule, values: undefined, resource: undefined, when: undefined });
  }
  return found;
}
