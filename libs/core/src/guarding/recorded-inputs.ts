import type { CallInputs } from '../model/call.ts';
import type { Json } from '../model/json.ts';

const argument = /^args\[(\d{1,3})\](?:\.(.+))?$/;

/**
 * The inputs of a call from what a recorder wrote down of it: `origin`, `user`, `ip`, `header:x-tier`, `query:page`,
 * `tag:zone`, `args[0]`, `args[0].user.id`. What it didn't write down is absent, and so is what no rule could read.
 */
export function recordedInputs(recorded: Readonly<Record<string, Json>>): CallInputs {
  const inputs: Record<string, unknown> = {};
  const fields: Record<'headers' | 'query' | 'tags', Map<string, string>> = {
    headers: new Map(),
    query: new Map(),
    tags: new Map(),
  };
  const args: unknown[] = [];
  for (const [place, value] of Object.entries(recorded)) {
    if (value === null) continue;
    const [kind, name] = split(place);
    if (kind === 'origin' || kind === 'user' || kind === 'ip') inputs[kind] = String(value);
    else if (kind === 'header') fields.headers.set(name, String(value));
    else if (kind === 'query') fields.query.set(name, String(value));
    else if (kind === 'tag') fields.tags.set(name, String(value));
    else putArgument(args, place, value);
  }
  for (const [key, some] of Object.entries(fields)) if (some.size > 0) inputs[key] = Object.fromEntries(some);
  if (args.length > 0) inputs.args = args;
  return inputs as CallInputs;
}

function split(place: string): [kind: string, name: string] {
  const colon = place.indexOf(':');
  return colon < 0 ? [place, ''] : [place.slice(0, colon), place.slice(colon + 1)];
}

function putArgument(args: unknown[], place: string, value: Json): void {
  const found = argument.exec(place);
  if (!found) return;
  const index = Number(found[1]);
  if (found[2] === undefined) {
    args[index] ??= value;
    return;
  }
  const path = found[2].split('.');
  const last = path.pop()!;
  const own = args[index];
  let at = isRecord(own) ? own : bare();
  args[index] = at;
  for (const step of path) {
    const next = at[step];
    const deeper = isRecord(next) ? next : bare();
    at[step] = deeper;
    at = deeper;
  }
  at[last] = value;
}

/** Without a prototype: a step may be called anything. */
const bare = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
