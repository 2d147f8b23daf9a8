import type { ErrorText } from '../errors/error-code.ts';
import { type Answer, accept, type Refusal, refuse } from '../errors/refusal.ts';
import type { ShareSize } from './cohort.ts';
import { type GateFacts, type GateRule, gateWaits, waitText } from './step-gate.ts';

export const pushModes = ['single', 'gray', 'group', 'global'] as const;
export type PushMode = (typeof pushModes)[number];

/** What a push was made with and keeps to its end. */
export type Course =
  | { readonly mode: Exclude<PushMode, 'gray'> }
  | { readonly mode: 'gray'; readonly steps: readonly ShareSize[]; readonly gate: GateRule };

/** How many of its targets hold what they should, recomputed by them. */
export interface ProofCount {
  readonly holding: number;
  readonly targets: number;
}

/** Why a push ended without its layers. */
export type EndReason = 'asked' | 'guardrail' | 'expired' | 'superseded';

/**
 * Where a push is. All moments in ms, on the clock that the events come with. `bakedMs` is how long the present step
 * ran before `since`; a pause doesn't count.
 */
export type PushState =
  | { readonly state: 'draft' }
  | { readonly state: 'planned'; readonly planHash: string }
  | { readonly state: 'running'; readonly step: number; readonly since: number; readonly bakedMs: number }
  | { readonly state: 'paused'; readonly step: number; readonly since: number; readonly bakedMs: number }
  | { readonly state: 'verifying'; readonly since: number }
  | { readonly state: 'converged'; readonly at: number; readonly proof: ProofCount }
  | { readonly state: 'diverged'; readonly at: number; readonly proof: ProofCount }
  | { readonly state: 'promoting'; readonly since: number }
  | { readonly state: 'promoted'; readonly at: number; readonly proof: ProofCount }
  | { readonly state: 'halted'; readonly at: number; readonly step: number; readonly because: ErrorText }
  | {
      readonly state: 'abandoned';
      readonly at: number;
      readonly reason: EndReason;
      readonly proof?: ProofCount;
    };

/** What may happen to a push. */
export type PushEvent =
  /** A preview was made, the first or a newer one. */
  | { readonly event: 'plan'; readonly planHash: string }
  /** Somebody confirms the plan that he saw. */
  | { readonly event: 'start'; readonly now: number; readonly planHash: string }
  /** The present step may be over: to the next one, after the last to verifying. */
  | { readonly event: 'advance'; readonly now: number; readonly facts: Omit<GateFacts, 'bakedMs'> }
  | { readonly event: 'pause'; readonly now: number }
  | { readonly event: 'resume'; readonly now: number }
  /** A guardrail was breached: nobody new gets it. */
  | { readonly event: 'halt'; readonly now: number; readonly because: ErrorText }
  /** What instances hold was compared with what they should, the first time or again. */
  | { readonly event: 'verify'; readonly now: number; readonly proof: ProofCount }
  /** Send it again to those that don't hold it. */
  | { readonly event: 'repush'; readonly now: number }
  /** The gray was merged into global. */
  | { readonly event: 'promote'; readonly now: number }
  /** Its layers were taken away. */
  | { readonly event: 'abandon'; readonly now: number; readonly reason: EndReason };

const texts = {
  wrong_state: {
    en: "this push is {state}, so it can't be {event}",
    zh: '推送当前为“{state}”，无法{event}',
  },
  plan_moved: {
    en: 'the plan is not the one that was looked at: who would change has moved. Look at it again',
    zh: '计划与之前查看的不同：将变更的实例已变化。请重新查看',
  },
  gate_closed: { en: 'this step is not over: {waits}', zh: '当前步骤尚未完成：{waits}' },
  gate_breached: {
    en: 'health is breached in this step: it can only be halted or abandoned',
    zh: '当前步骤的健康状况已越线：只能叫停或放弃',
  },
  only_gray: {
    en: 'only a gray can be {event}, and this push is {mode}',
    zh: '只有灰度推送可以{event}，当前推送的方式是 {mode}',
  },
  global_stays: {
    en: 'what was pushed to everyone is not abandoned: roll back to the release before it',
    zh: '全局推送不能放弃：请回滚到之前的发布版本',
  },
} as const satisfies Record<string, ErrorText>;

const stateWords = {
  draft: { en: 'a draft', zh: '草稿' },
  planned: { en: 'planned', zh: '已计划' },
  running: { en: 'running', zh: '进行中' },
  paused: { en: 'paused', zh: '已暂停' },
  verifying: { en: 'being verified', zh: '校验中' },
  converged: { en: 'converged', zh: '已一致' },
  diverged: { en: 'diverged', zh: '不一致' },
  promoting: { en: 'being promoted', zh: '全量中' },
  promoted: { en: 'promoted', zh: '已全量' },
  halted: { en: 'halted', zh: '已叫停' },
  abandoned: { en: 'abandoned', zh: '已放弃' },
} as const satisfies Record<PushState['state'], ErrorText>;

const eventWords = {
  plan: { en: 'planned', zh: '生成计划' },
  start: { en: 'started', zh: '开始' },
  advance: { en: 'advanced', zh: '进入下一步' },
  pause: { en: 'paused', zh: '暂停' },
  resume: { en: 'resumed', zh: '继续' },
  halt: { en: 'halted', zh: '叫停' },
  verify: { en: 'verified', zh: '校验' },
  repush: { en: 'pushed again', zh: '重新推送' },
  promote: { en: 'promoted', zh: '全量' },
  abandon: { en: 'abandoned', zh: '放弃' },
} as const satisfies Record<PushEvent['event'], ErrorText>;

type Moved = Answer<PushState, Refusal<keyof typeof texts>>;
type In<S extends PushState['state']> = Extract<PushState, { state: S }>;
type On<E extends PushEvent['event']> = Extract<PushEvent, { event: E }>;

/** From which states an event leads on; what else it asks for is with the event below. */
const from = {
  plan: ['draft', 'planned'],
  start: ['planned'],
  advance: ['running'],
  pause: ['running'],
  resume: ['paused'],
  halt: ['running', 'paused', 'verifying', 'converged', 'diverged'],
  verify: ['verifying', 'converged', 'diverged', 'promoting', 'promoted', 'abandoned'],
  repush: ['converged', 'diverged'],
  promote: ['running', 'paused', 'verifying', 'converged'],
  abandon: ['draft', 'planned', 'running', 'paused', 'verifying', 'converged', 'diverged', 'halted'],
} as const satisfies Record<PushEvent['event'], readonly PushState['state'][]>;

export const firstState: PushState = { state: 'draft' };

/**
 * Where `event` leads from `state`, or why it doesn't; a refused event changes nothing.
 *
 * `draft -> planned -> running(step) <-> paused -> verifying -> converged | diverged`; a gray may be promoted from any
 * of these but diverged: `promoting -> promoted`. What was aimed at some instances may be abandoned: `abandoned`,
 * from `halted` too, which a breached guardrail leads to. Verdicts may be renewed as long as there is something to hold.
 */
export function movePush(course: Course, state: PushState, event: PushEvent): Moved {
  const allowed: readonly PushState['state'][] = from[event.event];
  if (!allowed.includes(state.state))
    return refuse(texts, 'wrong_state', { state: stateWords[state.state], event: eventWords[event.event] });
  switch (event.event) {
    case 'plan':
      return accept({ state: 'planned', planHash: event.planHash });
    case 'start':
      return event.planHash === (state as In<'planned'>).planHash
        ? accept({ state: 'running', step: 0, since: event.now, bakedMs: 0 })
        : refuse(texts, 'plan_moved');
    case 'advance':
      return advance(course, state as In<'running'>, event);
    case 'pause': {
      const { step, since, bakedMs } = state as In<'running'>;
      return accept({ state: 'paused', step, since: event.now, bakedMs: bakedMs + passed(since, event.now) });
    }
    case 'resume':
      return accept({ ...(state as In<'paused'>), state: 'running', since: event.now });
    case 'verify':
      return accept(verified(state, event));
    case 'repush':
      return accept({ state: 'verifying', since: event.now });
    case 'promote':
      if (course.mode !== 'gray') return onlyGray(course, event);
      return accept({ state: 'promoting', since: event.now });
    case 'halt':
      if (course.mode !== 'gray') return onlyGray(course, event);
      return accept({
        state: 'halted',
        at: event.now,
        step: 'step' in state ? state.step : course.steps.length - 1,
        because: event.because,
      });
    case 'abandon':
      return course.mode === 'global' && state.state !== 'draft' && state.state !== 'planned'
        ? refuse(texts, 'global_stays')
        : accept({ state: 'abandoned', at: event.now, reason: event.reason });
  }
}

const onlyGray = (course: Course, { event }: PushEvent) =>
  refuse(texts, 'only_gray', { event: eventWords[event], mode: course.mode });

const passed = (since: number, now: number): number => Math.max(0, now - since);

/** How long the present step has run at `now`, in ms, pauses left out. */
export function bakedAt(state: In<'running'> | In<'paused'>, now: number): number {
  return state.bakedMs + (state.state === 'running' ? passed(state.since, now) : 0);
}

/** Steps of anything but a gray have no gate: what their instances hold is told by the verdict. */
function advance(course: Course, state: In<'running'>, { now, facts }: On<'advance'>): Moved {
  if (course.mode !== 'gray') return accept({ state: 'verifying', since: now });
  if (course.gate.health && facts.health === 'breached') return refuse(texts, 'gate_breached');
  const waits = gateWaits(course.gate, { ...facts, bakedMs: bakedAt(state, now) }).map(waitText);
  if (waits.length > 0) {
    const said = { en: waits.map((wait) => wait.en).join('; '), zh: waits.map((wait) => wait.zh).join('；') };
    return refuse(texts, 'gate_closed', { waits: said });
  }
  const step = state.step + 1;
  if (step < course.steps.length) return accept({ state: 'running', step, since: now, bakedMs: 0 });
  return accept({ state: 'verifying', since: now });
}

function verified(state: PushState, { now: at, proof }: On<'verify'>): PushState {
  if (state.state === 'promoting' || state.state === 'promoted') return { state: 'promoted', at, proof };
  if (state.state === 'abandoned') return { ...state, proof };
  return { state: proof.holding >= proof.targets ? 'converged' : 'diverged', at, proof };
}

/**
 * Whether nothing has to happen any more. A gray that converged is still a gray: somebody has to promote or abandon it.
 * What ended may be looked at again, and a layer for one instance or a group may still be taken away.
 */
export function isEnd(course: Course, { state }: PushState): boolean {
  if (state === 'promoted' || state === 'abandoned') return true;
  return course.mode !== 'gray' && (state === 'converged' || state === 'diverged');
}
