import type { ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { ServerError } from '../failure/server-error.ts';
import { movedText } from './plan-notes.ts';

/** Where a refused operation was asked for; `push` when it was about one that there is already. */
export interface Place {
  readonly app: string;
  readonly env: string;
  readonly push?: string;
  /** What the operation would have done. */
  readonly act: 'push' | 'pushAll' | 'promote' | 'other';
}

/** Runs an operation of delivery; a refusal gets the next command to type below it. */
export async function inDelivery<T>(context: Context, place: Place, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof ServerError ? withNextCommand(context, error, place) : error;
  }
}

export function withNextCommand(context: Context, error: ServerError, place: Place): CliError {
  const todo = nextCommand(error, place);
  if (!todo) return error;
  const { details } = error;
  const params = {
    ...error.params,
    app: place.app,
    env: place.env,
    push: place.push ?? '<push>',
    other: otherPush(details) ?? '<push>',
    instance: text(details.instance) ?? '<instance>',
  };
  const moved = { joined: texts(details.joined), left: texts(details.left), changed: texts(details.changed) };
  const lines = [
    ...(error.more.lines ?? []),
    ...(error.code === 'plan_moved' ? movedText(context, moved) : []),
  ];
  return new CliError(error.code, error.exit, { ...error.parts, todo }, params, { ...error.more, lines });
}

const endOther: ErrorText = {
  en: '"sluice push promote {app} {other} --env {env}" or "sluice push abandon {app} {other} --env {env}" ends the other one',
  zh: '可用 "sluice push promote {app} {other} --env {env}" 或 "sluice push abandon {app} {other} --env {env}" 结束另一个推送',
};

const grayConflict: Readonly<Record<Place['act'], ErrorText>> = {
  push: {
    en: `See it with "sluice push show {app} {other} --env {env}"; ${endOther.en}.`,
    zh: `请用 "sluice push show {app} {other} --env {env}" 查看；${endOther.zh}。`,
  },
  pushAll: {
    en: `Run it again with --grays keep (its instances keep the gray value) or --grays supersede (it ends); or ${endOther.en}.`,
    zh: `请加上 --grays keep（其实例保留灰度值）或 --grays supersede（结束该灰度）后重试；${endOther.zh}。`,
  },
  promote: endOther,
  other: endOther,
};

const groupWins: ErrorText = {
  en: 'Run it again with --groups-win, if members of that group shall fall back to its value. "sluice push show {app} {other} --env {env}" shows what it has.',
  zh: '如果允许分组成员回退到分组的值，请加上 --groups-win 后重试。可用 "sluice push show {app} {other} --env {env}" 查看分组的值。',
};

/** What to type next for the refusals that delivery has of its own. */
function nextCommand({ code, details }: ServerError, { act, push }: Place): ErrorText | undefined {
  switch (code) {
    case 'gray_conflict':
      return grayConflict[act];
    case 'approval_required':
      if (act === 'promote' || (act === 'other' && push === undefined)) return undefined;
      return push === undefined
        ? {
            en: 'Run it again with --propose; others then type "sluice push approve {app} <push> --env {env}". In an emergency: --emergency "<why>".',
            zh: '请加上 --propose 重新运行，再由他人执行 "sluice push approve {app} <推送> --env {env}"。紧急情况：--emergency "<原因>"。',
          }
        : {
            en: 'Ask others to type "sluice push approve {app} {push} --env {env}". In an emergency: "sluice push start {app} {push} --emergency <why> --env {env}".',
            zh: '请他人执行 "sluice push approve {app} {push} --env {env}"。紧急情况："sluice push start {app} {push} --emergency <原因> --env {env}"。',
          };
    case 'frozen':
      return {
        en: 'Ask who froze it to undo the switch. What runs can be ended: "sluice push ls {app} --open --env {env}", then "sluice push abandon {app} <push> --env {env}". What is out can be undone for a reason: "sluice rollback" or "sluice push rollback" with --emergency "<why>".',
        zh: '请联系冻结者解除开关。进行中的推送仍可结束："sluice push ls {app} --open --env {env}"，然后 "sluice push abandon {app} <推送> --env {env}"。已发布的内容可注明原因后撤销："sluice rollback" 或 "sluice push rollback" 加上 --emergency "<原因>"。',
      };
    case 'vetoed':
      return {
        en: 'See what that instance holds with "sluice instances show {app} {instance} --env {env}". Correct the value, or run it again without --two-phase.',
        zh: '请用 "sluice instances show {app} {instance} --env {env}" 查看该实例。修正该值，或去掉 --two-phase 后重试。',
      };
    case 'plan_moved':
      return push === undefined
        ? {
            en: 'Run it again with --dry-run, look at the new plan, and confirm that.',
            zh: '请加上 --dry-run 重新运行，查看新计划后再确认。',
          }
        : {
            en: 'Look at it with "sluice push plan {app} {push} --env {env}", and run it again.',
            zh: '请用 "sluice push plan {app} {push} --env {env}" 查看后重试。',
          };
    case 'wrong_state':
      if (details.reason === 'group_wins') return groupWins;
      return push === undefined
        ? undefined
        : {
            en: 'See where it is with "sluice push show {app} {push} --env {env}".',
            zh: '请用 "sluice push show {app} {push} --env {env}" 查看其状态。',
          };
    default:
      return undefined;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** The push that stands in the way, as the details of a refusal name it. */
function otherPush(details: Readonly<Record<string, unknown>>): string | undefined {
  const [clash] = Array.isArray(details.clashes) ? (details.clashes as { pushId?: unknown }[]) : [];
  return text(clash?.pushId) ?? text(details.push) ?? text(details.pushId);
}
