import type { ErrorParams, ErrorText } from '../errors/error-code.ts';
import { type Answer, accept, refuse } from '../errors/refusal.ts';
import { basisPointsOf } from './bucket.ts';
import type { ShareSize } from './cohort.ts';

/** What a guardrail says of a window: see `guardrail.ts`. `unknown` is no traffic, or too little to judge by. */
export type Health = 'healthy' | 'unknown' | 'breached';

/** What must hold before a step of a gray is over. Every reachable member must hold it in any case. */
export interface GateRule {
  /** How long a step must have run, in ms, without the time in which it was paused. */
  readonly bakeMs: number;
  /** Whether health must be known to hold. */
  readonly health: boolean;
  /** Whether somebody must click. */
  readonly click: boolean;
}

/** What is known of a step at one moment. */
export interface GateFacts {
  /** Members that are connected. */
  readonly reachable: number;
  /** Of these, those that acked `applied` with the expected digest. */
  readonly applied: number;
  /** How long the step has run, in ms. */
  readonly bakedMs: number;
  readonly health: Health;
  /** Why it isn't known to hold, and for how long in ms. */
  readonly unknown?: Unhealthy;
  readonly clicked: boolean;
}

/** Why health isn't known to hold. */
export interface Unhealthy {
  readonly why: ErrorText;
  readonly forMs: number;
}

/** One thing that a step still waits for. */
export type GateWait =
  | { readonly for: 'acks'; readonly missing: number }
  | { readonly for: 'bake'; readonly leftMs: number }
  | { readonly for: 'health'; readonly unknown?: Unhealthy }
  | { readonly for: 'click' };

const waitTexts = {
  acks: { en: '{missing} reachable instances have not applied it', zh: '{missing} 个在线实例尚未应用' },
  bake: { en: '{left} of the bake time are left', zh: '观察时间还剩 {left}' },
  health: {
    en: 'health is not known to hold: too little traffic, or a window that looks bad',
    zh: '健康状况未确认：流量过少，或某个窗口表现异常',
  },
  unknown: {
    en: 'health has not been known to hold for {time}: {why}. It goes on by itself as soon as it is; or somebody goes on by hand and says why',
    zh: '健康状况已有 {time} 未确认：{why}。确认后自动继续，也可由人工说明原因后继续',
  },
  click: { en: 'somebody has to confirm it', zh: '等待人工确认' },
} as const satisfies Record<GateWait['for'] | 'unknown', ErrorText>;

/** What a step waits for at this moment, in the order in which people look at it; nothing when the gate is open. */
export function gateWaits(rule: GateRule, facts: GateFacts): GateWait[] {
  const waits: GateWait[] = [];
  if (facts.applied < facts.reachable) waits.push({ for: 'acks', missing: facts.reachable - facts.applied });
  if (facts.bakedMs < rule.bakeMs) waits.push({ for: 'bake', leftMs: rule.bakeMs - facts.bakedMs });
  if (rule.health && facts.health !== 'healthy')
    waits.push({ for: 'health', ...(facts.unknown && { unknown: facts.unknown }) });
  if (rule.click && !facts.clicked) waits.push({ for: 'click' });
  return waits;
}

/** A wait in words of both languages, and as what fills them. */
export function waitText(wait: GateWait): ErrorText {
  const { refusal } = refuse(waitTexts, ...textOf(wait));
  return { en: refusal.en, zh: refusal.zh };
}

function textOf(wait: GateWait): [keyof typeof waitTexts, ErrorParams] {
  switch (wait.for) {
    case 'acks':
      return ['acks', { missing: wait.missing }];
    case 'bake':
      return ['bake', { left: timeText(wait.leftMs) }];
    case 'health':
      if (!wait.unknown) return ['health', {}];
      return ['unknown', { why: wait.unknown.why, time: timeText(wait.unknown.forMs) }];
    case 'click':
      return ['click', {}];
  }
}

/** A time as people say it, from a second on rounded up to seconds: `2 h 5 min 7 s` without what is zero. */
function timeText(ms: number): ErrorText {
  if (ms < 1000) return { en: `${ms} ms`, zh: `${ms} 毫秒` };
  const seconds = Math.ceil(ms / 1000);
  const parts = [
    { n: Math.floor(seconds / 3600), en: 'h', zh: '小时' },
    { n: Math.floor(seconds / 60) % 60, en: 'min', zh: '分钟' },
    { n: seconds % 60, en: 's', zh: '秒' },
  ].filter((part) => part.n > 0);
  const say = (language: 'en' | 'zh'): string => parts.map((part) => `${part.n} ${part[language]}`).join(' ');
  return { en: say('en'), zh: say('zh') };
}

const stepTexts = {
  no_steps: { en: 'a gray needs at least one step', zh: '灰度至少需要一个步骤' },
  too_many_steps: { en: 'a gray has at most {most} steps', zh: '灰度最多 {most} 个步骤' },
  bad_percent: {
    en: '{percent} is no step: above 0, at most 100, two decimals',
    zh: '{percent} 不是合法的步骤：须大于 0、不超过 100，最多两位小数',
  },
  not_growing: {
    en: '{percent} % comes after {before} %: every step must reach more',
    zh: '{percent}% 排在 {before}% 之后：每一步都必须扩大范围',
  },
} as const satisfies Record<string, ErrorText>;

/** The steps of a gray unless said otherwise, in percent. */
export const defaultSteps = [5, 25, 100] as const;

const mostSteps = 20;

/** Steps in percent as people give them, each reaching more than the one before. */
export function stepsOf(percents: readonly number[]): Answer<readonly ShareSize[]> {
  if (percents.length === 0) return refuse(stepTexts, 'no_steps');
  if (percents.length > mostSteps) return refuse(stepTexts, 'too_many_steps', { most: mostSteps });
  const steps: ShareSize[] = [];
  for (const [index, percent] of percents.entries()) {
    const basisPoints = basisPointsOf(percent);
    if (basisPoints === undefined) return refuse(stepTexts, 'bad_percent', { percent });
    const before = percents[index - 1] ?? 0;
    if (percent <= before) return refuse(stepTexts, 'not_growing', { percent, before });
    steps.push({ basisPoints });
  }
  return accept(steps);
}
