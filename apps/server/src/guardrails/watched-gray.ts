import {
  type Guardrail,
  type GuardrailMemory,
  type GuardrailTurn,
  guardrailOf,
  type Health,
  judgeTurn,
  latencyBoundMs,
  type PushState,
  type ScopeWindow,
  turnText,
  unknownText,
} from '@sluice/core';
import type { Judgement } from '@sluice/protocol';
import type { Place } from '../fleet/place.ts';
import type { HealthNow } from '../pushes/step-health.ts';
import type { PushEntity } from '../releases/push.entity.ts';
import { GrayWindows, windowMs } from './gray-windows.ts';
import { judgementOf } from './judgement.ts';

/** What is read of a gray that is watched. */
export type GrayRow = Pick<
  PushEntity,
  'id' | 'environment' | 'app' | 'target' | 'course' | 'stateData' | 'ended'
>;

/** So long after its end a window has to be judged, or nothing is known any more. */
const staleMs = 20_000;

/** What judges a gray; undefined for any other push, and for a gray that goes without. */
export function guardrailOfRow({ target }: Pick<GrayRow, 'target'>): Guardrail | undefined {
  return target.mode === 'gray' ? guardrailOf(target.guardrails, target.audience.by) : undefined;
}

/** The step in which a gray is; when it has no steps to go, its last one. */
function stepOf({ course, stateData }: Pick<GrayRow, 'course' | 'stateData'>): number {
  if ('step' in stateData) return stateData.step;
  return course.mode === 'gray' ? course.steps.length - 1 : 0;
}

/** Since when it is where it is. */
export const momentOf = (state: PushState): number =>
  'since' in state ? state.since : 'at' in state ? state.at : 0;

/** One gray whose layers stand, as a node watches it: its windows, and what they were judged to be. */
export class WatchedGray {
  readonly place: Place;
  readonly guardrail: Guardrail;
  row: GrayRow;
  step: number;
  windows: GrayWindows;
  /** The end of the next window to judge. */
  nextMs: number;
  judged:
    | { readonly turn: GuardrailTurn; readonly judgement: Judgement; readonly untilMs: number }
    | undefined;
  #sinceMs: number;
  #health: Health = 'unknown';
  #memory: GuardrailMemory = new Map();

  constructor(row: GrayRow, guardrail: Guardrail, nowMs: number) {
    this.place = { environment: row.environment, app: row.app };
    this.guardrail = guardrail;
    this.row = row;
    this.step = stepOf(row);
    // A step that began before this node did is watched from the next window on, so that all nodes have the same ones.
    // So is one that began on a clock that was ahead.
    const beganMs = momentOf(row.stateData);
    const isOld = nowMs < beganMs || nowMs - beganMs > windowMs;
    const fromMs = isOld ? beganMs + Math.ceil((nowMs - beganMs) / windowMs) * windowMs : beganMs;
    this.windows = new GrayWindows(fromMs, guardrail.resources);
    this.nextMs = fromMs + windowMs;
    this.#sinceMs = fromMs;
  }

  /** How one is of which nothing is known yet. */
  static begun(sinceMs: number): HealthNow {
    return { health: 'unknown', isWorse: false, sinceMs, why: unknownText('begun') };
  }

  /** Whether what is known here is of the step in which the push is. */
  isIn(row: GrayRow): boolean {
    return this.step === stepOf(row);
  }

  /** Takes up where the push is now. Answers whether another step began. */
  follow(row: GrayRow): boolean {
    const [before, step] = [this.row, stepOf(row)];
    this.row = row;
    const beganMs = momentOf(row.stateData);
    if (step !== this.step) {
      this.step = step;
      this.#memory = new Map();
      this.judged = undefined;
      this.#turnTo('unknown', beganMs);
    } else if (beganMs === momentOf(before.stateData)) return false;
    this.windows = new GrayWindows(beganMs, this.guardrail.resources);
    this.nextMs = beganMs + windowMs;
    return step !== stepOf(before);
  }

  /** Judges the window that ends at `nextMs` by what all nodes know of it. Answers whether its health is another now. */
  judge(scopes: readonly ScopeWindow[], isWhole: boolean): boolean {
    const untilMs = this.nextMs;
    const found = judgeTurn(this.guardrail, this.#memory, scopes, latencyBoundMs);
    // What a part of the fleet did may condemn a gray, but not acquit it.
    const isBlind = found.health === 'healthy' && !isWhole;
    const turn: GuardrailTurn = isBlind ? { ...found, health: 'unknown' } : found;
    this.#memory = found.memory;
    const isNews = turn.health !== this.#health;
    if (isNews) this.#turnTo(turn.health, untilMs);
    const why = isBlind ? unknownText('missing') : turnText(this.guardrail, turn, scopes);
    const judgement = judgementOf(turn, scopes, {
      step: this.step,
      untilMs,
      sinceMs: this.#sinceMs,
      ...(why && { why }),
    });
    this.judged = { turn, judgement, untilMs };
    this.nextMs = untilMs + windowMs;
    return isNews;
  }

  /** Windows that nobody could judge in their time are passed over. */
  skipTo(nowMs: number): void {
    const behind = Math.floor((nowMs - this.nextMs) / windowMs);
    if (behind > 4) this.nextMs += behind * windowMs;
  }

  healthAt(nowMs: number): HealthNow {
    const { judged } = this;
    if (!judged) return WatchedGray.begun(this.#sinceMs);
    if (nowMs - judged.untilMs > staleMs)
      return { health: 'unknown', isWorse: false, sinceMs: judged.untilMs, why: unknownText('missing') };
    const { why } = judged.judgement;
    const { health, excesses } = judged.turn;
    return { health, isWorse: excesses.length > 0, sinceMs: this.#sinceMs, ...(why && { why }) };
  }

  #turnTo(health: Health, atMs: number): void {
    this.#health = health;
    this.#sinceMs = atMs;
  }
}
