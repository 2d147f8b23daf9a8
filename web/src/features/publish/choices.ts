import { type GuardrailOptions, type Language, parseSelector, stepsOf } from '@sluice/core';
import { guardrails, type PushTarget } from '@sluice/protocol';

export const wizardSteps = ['change', 'target', 'guard', 'confirm'] as const;
export type WizardStep = (typeof wizardSteps)[number];

export const grayKinds = ['percent', 'count', 'instances', 'labels'] as const;
export type GrayKind = (typeof grayKinds)[number];

/** How a gray is watched over, as far as it isn't the default. */
export type Rails = Omit<GuardrailOptions, 'off'>;

/** Everything that is chosen on the way to a push; each of it is a word of the address. */
export interface Choices {
  readonly mode: PushTarget['mode'];
  readonly by: GrayKind;
  /** Percents as they are typed: `5, 25, 100`. */
  readonly steps: string;
  readonly count: string;
  readonly ids: readonly string[];
  /** Labels that all members must have, for shares; or that pick the members. */
  readonly select: string;
  readonly group: string | undefined;
  readonly instance: string | undefined;
  /** Ms, or until it is cleared; undefined is what the mode does by itself. */
  readonly expires: number | 'untilCleared' | undefined;
  readonly bakeMs: number;
  readonly click: boolean;
  readonly health: boolean;
  /** Why it goes without guardrails; undefined where it has them. */
  readonly railsOff: string | undefined;
  readonly rails: Rails;
  readonly twoPhase: boolean;
  readonly grays: 'keep' | 'supersede' | undefined;
}

export const searchNames = [
  'ns',
  'also',
  'step',
  'mode',
  'by',
  'steps',
  'count',
  'ids',
  'select',
  'group',
  'instance',
  'expires',
  'bake',
  'auto',
  'health',
  'two',
  'grays',
  'off',
  'rails',
] as const;
export type Search = { readonly [K in (typeof searchNames)[number]]?: string | undefined };

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | undefined =>
  all.find((each) => each === text);

export function choicesOf(search: Search): Choices {
  const expires = Number(search.expires);
  return {
    mode: oneOf(['global', 'single', 'gray', 'group'] as const, search.mode) ?? 'global',
    by: oneOf(grayKinds, search.by) ?? 'percent',
    steps: search.steps ?? '5, 25, 100',
    count: search.count ?? '1',
    ids: search.ids ? search.ids.split(',') : [],
    select: search.select ?? '',
    group: search.group,
    instance: search.instance,
    expires: search.expires === 'untilCleared' ? 'untilCleared' : expires > 0 ? expires : undefined,
    bakeMs: Math.max(0, Number(search.bake) || 0),
    click: search.auto !== '1',
    health: search.health !== '0',
    railsOff: search.off,
    rails: railsOf(search.rails),
    twoPhase: search.two === '1',
    grays: oneOf(['keep', 'supersede'] as const, search.grays),
  };
}

/** The words of the address for what was chosen; what is at its default, or doesn't belong to the mode, is left out. */
export function searchOf(choices: Choices): Omit<Search, 'ns' | 'also' | 'step'> {
  const { mode, by } = choices;
  const gray = mode === 'gray';
  const share = gray && (by === 'percent' || by === 'count');
  return {
    mode,
    by: gray ? by : undefined,
    steps: gray && by === 'percent' ? choices.steps : undefined,
    count: gray && by === 'count' ? choices.count : undefined,
    ids: gray && by === 'instances' && choices.ids.length > 0 ? choices.ids.join(',') : undefined,
    select: (share || (gray && by === 'labels')) && choices.select ? choices.select : undefined,
    group: mode === 'group' ? choices.group : undefined,
    instance: mode === 'single' ? choices.instance : undefined,
    expires: choices.expires === undefined ? undefined : String(choices.expires),
    bake: gray && choices.bakeMs > 0 ? String(choices.bakeMs) : undefined,
    auto: gray && !choices.click ? '1' : undefined,
    ...(gray && railsWords(choices)),
    two: choices.twoPhase ? '1' : undefined,
    grays: mode === 'global' ? choices.grays : undefined,
  };
}

/** What is still missing before it is known who gets it. `words` are those of the rule that it breaks. */
export type TargetFault =
  | { readonly missing: 'group' | 'instance' | 'ids' | 'selector' | 'reason' }
  | { readonly wrong: 'steps' | 'count' | 'selector'; readonly words?: string };

export type TargetReading =
  | { readonly target: PushTarget; readonly fault?: undefined }
  | { readonly target?: undefined; readonly fault: TargetFault };

type Guardrails = NonNullable<Extract<PushTarget, { mode: 'gray' }>['guardrails']>;

/** What an address says of guardrails; what can't be read is the default. */
function railsOf(text: string | undefined): Rails {
  try {
    const read = guardrails.safeParse(JSON.parse(text ?? '{}'));
    return read.success && read.data.off === undefined ? read.data : {};
  } catch {
    return {};
  }
}

/** Without guardrails nobody knows the health, and nothing else is to be said of them. */
function railsWords({ health, railsOff, rails }: Choices): Pick<Search, 'health' | 'off' | 'rails'> {
  if (railsOff !== undefined) return { off: railsOff };
  return { health: health ? undefined : '0', rails: railsText(rails) };
}

function railsText(rails: Rails): string | undefined {
  const text = JSON.stringify(rails);
  return text === '{}' ? undefined : text;
}

/** The percents that somebody typed, signs of both scripts allowed. */
export const percentsOf = (text: string): number[] =>
  text
    .split(/[\s,，、;；→>%％]+/)
    .filter(Boolean)
    .map(Number);

/** The target that was chosen, or what is missing or wrong about it. */
export function targetOf(choices: Choices, language: Language): TargetReading {
  switch (choices.mode) {
    case 'global':
      return { target: { mode: 'global', ...(choices.grays && { grays: choices.grays }) } };
    case 'single':
      if (!choices.instance) return { fault: { missing: 'instance' } };
      return { target: { mode: 'single', instanceId: choices.instance } };
    case 'group':
      if (!choices.group) return { fault: { missing: 'group' } };
      return { target: { mode: 'group', group: choices.group } };
    case 'gray':
      return grayOf(choices, language);
  }
}

function grayOf(choices: Choices, language: Language): TargetReading {
  const { by, bakeMs, click, railsOff, rails } = choices;
  const isOff = railsOff !== undefined;
  if (isOff && railsOff.trim() === '') return { fault: { missing: 'reason' } };
  const gate = { bakeMs, click, ...(!isOff && !choices.health && { health: false }) };
  const wanted = isOff ? { off: railsOff.trim() } : railsText(rails) === undefined ? undefined : rails;
  const head = { mode: 'gray', gate, ...(wanted && { guardrails: wanted as Guardrails }) } as const;
  const select = choices.select.trim();
  const selector = select ? parseSelector(select) : undefined;
  if (by !== 'instances' && selector && !selector.ok)
    return { fault: { wrong: 'selector', words: selector.refusal[language] } };
  const among = select ? { among: select } : {};
  switch (by) {
    case 'percent': {
      const percents = percentsOf(choices.steps);
      const steps = stepsOf(percents);
      if (!steps.ok) return { fault: { wrong: 'steps', words: steps.refusal[language] } };
      return { target: { ...head, audience: { by, steps: percents, ...among } } };
    }
    case 'count': {
      const count = Number(choices.count);
      if (!Number.isInteger(count) || count < 1 || count > 10_000) return { fault: { wrong: 'count' } };
      return { target: { ...head, audience: { by, count, ...among } } };
    }
    case 'instances':
      if (choices.ids.length === 0) return { fault: { missing: 'ids' } };
      return { target: { ...head, audience: { by, ids: [...choices.ids] } } };
    case 'labels':
      if (!select) return { fault: { missing: 'selector' } };
      return { target: { ...head, audience: { by, selector: select } } };
  }
}
