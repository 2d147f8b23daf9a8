import { defaultSteps, type ErrorText, type PushMode } from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { usageError } from '../failure/cli-error.ts';
import { type GuardrailFlags, guardrailsOf } from './guardrail-flags.ts';
import { optionName } from './option-name.ts';

/** Options that say to whom a change goes and how. */
export interface DeliveryFlags extends GuardrailFlags {
  readonly mode?: PushMode;
  readonly instance?: string;
  readonly group?: string;
  readonly instances?: readonly string[];
  readonly percent?: number;
  readonly steps?: readonly number[];
  readonly count?: number;
  readonly labels?: string;
  readonly among?: string;
  /** Milliseconds. */
  readonly bake?: number;
  readonly auto?: boolean;
  readonly health?: boolean;
  readonly grays?: 'keep' | 'supersede';
  /** Milliseconds that it lives. */
  readonly expires?: number | 'untilCleared';
  readonly twoPhase?: boolean;
  /** Also instances that were never seen. */
  readonly unseen?: boolean;
  /** The hash of a plan that was looked at. */
  readonly plan?: string;
  readonly propose?: boolean;
  /** A proposal that this one takes the place of. */
  readonly replaces?: string;
  /** Why it goes without approval. */
  readonly emergency?: string;
}

/** Which mode each of these options is a part of. */
const modeOf = {
  instance: 'single',
  group: 'group',
  instances: 'gray',
  percent: 'gray',
  steps: 'gray',
  count: 'gray',
  labels: 'gray',
  among: 'gray',
  bake: 'gray',
  auto: 'gray',
  health: 'gray',
  guardrailsOff: 'gray',
  onBreach: 'gray',
  minCalls: 'gray',
  windows: 'gray',
  margin: 'gray',
  measures: 'gray',
  resources: 'gray',
  grays: 'global',
} as const satisfies Partial<Record<keyof DeliveryFlags, PushMode>>;
type Aiming = keyof typeof modeOf;

/** To whom a change goes. Options name their mode, so `--instance i-1` alone is a single push and never a global one. */
export function targetOf(flags: DeliveryFlags): PushTarget {
  const used = (Object.keys(modeOf) as Aiming[]).filter((name) => flags[name] !== undefined);
  const first = used[0];
  const mode = flags.mode ?? (first === undefined ? 'global' : modeOf[first]);
  const stranger = used.find((name) => modeOf[name] !== mode);
  if (stranger !== undefined)
    throw usageError(
      {
        en: '--{stranger} belongs to --mode {its}, and this push is {mode}.',
        zh: '--{stranger} 用于 --mode {its}，而本次推送是 {mode}。',
      },
      { en: 'Leave one of the two out.', zh: '请去掉其中之一。' },
      { stranger: optionName(stranger), its: modeOf[stranger], mode },
    );
  switch (mode) {
    case 'global':
      if (typeof flags.expires === 'number') throw staysForAll();
      return { mode, ...(flags.grays && { grays: flags.grays }) };
    case 'single':
      return { mode, instanceId: flags.instance ?? needs(mode, '--instance <id>') };
    case 'group':
      return { mode, group: flags.group ?? needs(mode, '--group <name>') };
    case 'gray':
      return {
        mode,
        audience: audienceOf(flags),
        gate: {
          bakeMs: flags.bake ?? 0,
          click: flags.auto !== true,
          ...(flags.health !== undefined && { health: flags.health }),
        },
        ...guardrailsOf(flags),
      };
  }
}

function staysForAll() {
  return usageError(
    {
      en: '--expires is for pushes to some instances: what everyone has stays until the next release.',
      zh: '--expires 只用于面向部分实例的推送：全局内容一直有效，直到下一次发布。',
    },
    { en: 'Leave it out, or say to whom it goes.', zh: '请去掉该选项，或指定推送对象。' },
  );
}

type Audience = Extract<PushTarget, { mode: 'gray' }>['audience'];

const choices = ['percent', 'steps', 'count', 'instances', 'labels'] as const;

function audienceOf(flags: DeliveryFlags): Audience {
  const chosen = choices.filter((name) => flags[name] !== undefined);
  if (chosen.length > 1)
    throw usageError(
      { en: '--{a} and --{b} both say who gets it.', zh: '--{a} 和 --{b} 都用于选择实例。' },
      {
        en: 'Use one of --percent, --steps, --count, --instances and --labels; --among narrows a share or a count.',
        zh: '--percent、--steps、--count、--instances、--labels 只能用一个；--among 可缩小比例或数量的范围。',
      },
      { a: chosen[0]!, b: chosen[1]! },
    );
  const among = flags.among === undefined ? {} : { among: flags.among };
  if (flags.among !== undefined && (chosen[0] === 'instances' || chosen[0] === 'labels'))
    throw usageError(
      {
        en: '--among narrows a share or a count, not --{chosen}.',
        zh: '--among 用于缩小比例或数量的范围，不能与 --{chosen} 一起使用。',
      },
      { en: 'Leave --among out.', zh: '请去掉 --among。' },
      { chosen: chosen[0] },
    );
  if (flags.instances) return { by: 'instances', ids: [...flags.instances] };
  if (flags.labels !== undefined) return { by: 'labels', selector: flags.labels };
  if (flags.count !== undefined) return { by: 'count', count: flags.count, ...among };
  if (flags.percent !== undefined) return { by: 'percent', steps: [flags.percent], ...among };
  return { by: 'percent', steps: [...(flags.steps ?? defaultSteps)], ...among };
}

function needs(mode: PushMode, option: string): never {
  const todo: ErrorText = { en: 'Add {option}.', zh: '请加上 {option}。' };
  throw usageError({ en: '--mode {mode} needs to know who.', zh: '--mode {mode} 需要指定对象。' }, todo, {
    mode,
    option,
  });
}

/** Whether this asks for more than a release to everyone. */
export function isMoreThanRelease(flags: DeliveryFlags): boolean {
  const { grays, expires, twoPhase, plan, propose, replaces, emergency } = flags;
  return (
    targetOf(flags).mode !== 'global' ||
    [grays, expires, twoPhase, plan, propose, replaces, emergency].some((flag) => flag !== undefined)
  );
}
