import {
  canonicalText,
  type DocumentContent,
  type FaultRule,
  type Injection,
  type Item,
  type ItemType,
  type Json,
  type Layer,
  type Readings,
  type Rules,
  type RulesContent,
} from '@sluice/core';
import { drillOrder, faultsOf, firstFault } from '@sluice/protocol/client';
import { Client, type Origin } from '../client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Events } from '../events.ts';
import { Protection } from '../guard/protection.ts';
import { Notices } from '../notices/notices.ts';
import { reasonOf } from '../notices/reasons.ts';
import { Readiness } from '../readiness.ts';
import type { Sluice, SluiceEvents } from '../sluice.ts';
import { buildHeld } from '../snapshot/build-held.ts';
import type { Held } from '../snapshot/held.ts';
import { sha256 } from '../snapshot/sha256.ts';
import { Store } from '../snapshot/store.ts';

/** Values by path: `order.timeoutMs`, or `banner` for a whole document. */
export type TestValues = Readonly<Record<string, Json>>;

/** A client without a server: its values are what the test says. It is `live` from the start. */
export interface TestSluice extends Sluice {
  /**
   * Pushes values, as one push. They are readable at once; resolves when the listeners are through. Rejects when the
   * code declared something else, or when a listener fails: a test should hear of both.
   */
  set(path: string, value: Json): Promise<void>;
  set(values: TestValues): Promise<void>;
  /**
   * Pushes protection rules, all there are from now on. In force at once; resolves like `set`. Rejects when a rule
   * can't be obeyed, with the field; the rules of before stay. Their ids outside are `rules/key`.
   */
  rules(rules: Rules): Promise<void>;
  /**
   * Breaks calls from now on, as a drill does, by these faults and no others; none: all end. Throws where a fault can't
   * be obeyed, with the field. `guarding().drills` tells what they came to; the last that began is the last there.
   */
  faults(faults: Readonly<Record<string, TestFault>>, options?: { readonly budgetPerMillion?: number }): void;
  /** How the process does, for system rules; nothing is measured. */
  system(readings: Readings): void;
  /** Takes keys away, so that the code's defaults are back. */
  unset(...paths: readonly string[]): Promise<void>;
}

/** Told inside of calls. What a listener throws must not change what becomes of one, here as in an app. */
const toldInCalls: ReadonlySet<string> = new Set<keyof SluiceEvents>([
  'calls',
  'breaker',
  'blocked',
  'wouldBlock',
  'injected',
]);
const everything = 1_000_000;
const testsLastMs = 86_400_000;

/** A fault for a test: every call where `perMillion` is absent, and as long as the test lasts. */
export type TestFault = Partial<Omit<FaultRule, keyof Injection | 'kind' | 'resource'>> &
  Pick<FaultRule, 'resource'> &
  Injection;

export function testSluice(
  values: TestValues = {},
  { clock = systemClock }: { readonly clock?: Clock } = {},
): TestSluice {
  let current: ReadonlyMap<string, Json> = new Map();
  let currentRules: Rules = {};
  const notices = new Notices(false, clock, 'en');
  const events = new Events<SluiceEvents>((event, error) => {
    if (!toldInCalls.has(event)) throw error;
    notices.warn('event_listener_failed', { event, reason: reasonOf(error) }, event);
  });
  notices.heard = (notice) => events.emit('notice', notice);
  const store: Store = new Store(clock, {
    moved: () => protection.look(),
    changed: (namespaces) => {
      events.emit('change', { namespaces, revision: store.live.revision });
    },
    expired: (names) => void store.tellListeners(names),
    settled: (name, refusal) =>
      refusal ? origin.refusedLater(name, refusal) : void store.tellListeners([name]),
    failedLate: (_, [failure]) =>
      failure &&
      notices.warn('listener_failed', { path: failure.path, reason: failure.reason }, failure.path),
  });
  let readings: Readings = {};
  const protection = new Protection({
    store,
    clock,
    notices,
    context: true,
    random: Math.random,
    probe: () => ({ read: () => readings, stop: () => undefined }),
  });
  let lastDrill = 0;
  function breakCalls(given: Readonly<Record<string, TestFault>>, budgetPerMillion = everything): void {
    const deadline = new Date(clock.now() + testsLastMs).toISOString();
    const basics = { kind: 'fault', mode: 'intercept', perMillion: everything, seed: 0, deadline } as const;
    const rules = Object.fromEntries(
      Object.entries(given).map(([name, each]) => [name, { ...basics, ...each }]),
    );
    const isOver = Object.keys(rules).length === 0;
    if (!isOver) lastDrill += 1;
    const drill = {
      drillId: `test-${lastDrill}`,
      deadlineInMs: testsLastMs,
      budgetPerMillion,
      faults: rules,
    };
    const checked = drillOrder.safeParse(drill, { reportInput: true });
    if (!checked.success)
      throw new Error(`these faults can't be injected: ${firstFault(faultsOf(checked.error)).en}`);
    protection.faults.run(isOver ? [] : [checked.data]);
  }

  const readiness = new Readiness(
    clock,
    () => store.live.namespaces.size > 0,
    (state, previous) => events.emit('state', state, previous),
  );

  async function push(
    changes: Readonly<Record<string, Json | undefined>>,
    rules: Rules = currentRules,
  ): Promise<void> {
    const next = new Map(current);
    for (const [path, value] of Object.entries(changes))
      if (value === undefined) next.delete(path);
      else next.set(path, value);
    const revision = store.live.revision + 1;
    const namespaces = heldOf(next, rules, revision, clock);
    for (const held of namespaces.values()) {
      const answer = store.check(held);
      const refusal = answer instanceof Promise ? await answer : answer;
      if (refusal) throw new Error(`${held.name} was refused: ${refusal.en}`);
    }
    current = next;
    currentRules = rules;
    const changed = store.swap({ epoch: 1, revision, namespaces });
    const failures = [...(await store.tellListeners(changed)).values()].flat();
    if (failures.length > 0)
      throw new Error(failures.map((f) => `listener of ${f.path}: ${f.reason.en}`).join('; '));
  }

  const origin: Origin = {
    instanceId: 'test',
    cache: 'off',
    connected: true,
    rejected: new Map(),
    refusedLater(namespace, refusal) {
      throw new Error(`${namespace} can't be served as declared: ${refusal.en}`);
    },
    close: async () => {
      protection.close();
      store.close();
      readiness.close();
    },
  };
  const client = new Client({
    clock,
    store,
    readiness,
    notices,
    events,
    closed: () => undefined,
    origin,
    protection,
  });
  void push(values);
  readiness.connected(true);
  return Object.assign(client, {
    set: (first: string | TestValues, value?: Json) =>
      push(typeof first === 'string' ? { [first]: value! } : first),
    rules: (rules: Rules) => push({}, rules),
    faults: (
      faults: Readonly<Record<string, TestFault>>,
      { budgetPerMillion }: { budgetPerMillion?: number } = {},
    ) => breakCalls(faults, budgetPerMillion),
    system: (now: Readings) => {
      readings = now;
      protection.guard.core.read(now);
    },
    unset: (...paths: readonly string[]) => push(Object.fromEntries(paths.map((p) => [p, undefined]))),
  });
}

/** One global layer a namespace, as a server would send it. */
function heldOf(
  values: ReadonlyMap<string, Json>,
  rules: Rules,
  revision: number,
  clock: Clock,
): Map<string, Held> {
  const bodies = new Map<
    string,
    DocumentContent | RulesContent | { kind: 'map'; items: Record<string, Item> }
  >();
  if (Object.keys(rules).length > 0)
    bodies.set('rules', { kind: 'rules', items: rules as unknown as RulesContent['items'] });
  for (const [path, value] of values) {
    const dot = path.indexOf('.');
    if (dot < 0) {
      bodies.set(path, documentOf(value));
      continue;
    }
    const [namespace, key] = [path.slice(0, dot), path.slice(dot + 1)];
    const map = bodies.get(namespace);
    if (map?.kind === 'map') map.items[key] = itemOf(value);
    else bodies.set(namespace, { kind: 'map', items: { [key]: itemOf(value) } });
  }
  const held = new Map<string, Held>();
  const context = { source: 'server', since: clock.now(), monotonicNow: clock.monotonic() } as const;
  for (const [name, content] of bodies) {
    const body = canonicalText(content);
    const digest = sha256(body);
    const layer: Layer = {
      id: `test-${name}`,
      kind: 'global',
      order: 0,
      revision,
      release: revision,
      digest,
      body,
    };
    held.set(name, buildHeld({ name, kind: content.kind, revision, layers: [layer] }, context)!);
  }
  return held;
}

function itemOf(value: Json): Item {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return { type: plain ? (typeof value as ItemType) : 'json', value };
}

/** Text that isn't JSON is a text document; anything else is a JSON one. */
function documentOf(value: Json): DocumentContent {
  if (typeof value !== 'string') return { kind: 'document', format: 'json', text: JSON.stringify(value) };
  try {
    JSON.parse(value);
    return { kind: 'document', format: 'json', text: value };
  } catch {
    return { kind: 'document', format: 'text', text: value };
  }
}
