import { applyPatch, diffContent, isSame, type Json, type RuleMode } from '@sluice/core';
import type { Context } from '../context.ts';
import { type DeliveryFlags, isMoreThanRelease, targetOf } from '../delivery/delivery-flags.ts';
import { pushChanges, type WantedChange } from '../delivery/push-changes.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence, reachOf } from '../release/plan.ts';
import { publishOne } from '../release/publish.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';
import { namespaceDetail, ruleAt, rulePlaces } from '../rules/known-rules.ts';

export interface ModeFlags extends WriteFlags, DeliveryFlags {}

/** Rules of one namespace in their new mode. */
interface WantedMode extends WantedChange {
  readonly set: Record<string, Json>;
}

/** `sluice rule monitor|intercept|off`: a release like any other, to everyone or to whom the options say. */
export async function setRuleMode(
  context: Context,
  app: string,
  texts: readonly string[],
  mode: RuleMode,
  flags: ModeFlags,
): Promise<ExitCode> {
  const keys = new Map<string, string[]>();
  for (const { namespace, key } of await rulePlaces(context, app, texts))
    keys.set(namespace, [...(keys.get(namespace) ?? []), key]);
  const wanted = await Promise.all(
    [...keys].map(([namespace, some]) => changeOf(context, app, namespace, some, mode)),
  );
  // For some instances a mode that is global already may still be another one than theirs; for everyone it is nothing.
  const isGlobal = targetOf(flags).mode === 'global';
  const moving = isGlobal ? wanted.filter((w) => !isSame(w.planned.diff)) : wanted;
  if (moving.length === 0) {
    context.output.note(
      context.say(
        {
          en: 'Nothing to do: {rules} is in mode {mode} already.',
          zh: '无需更改：{rules} 已处于 {mode} 模式。',
        },
        { rules: texts.join(', '), mode },
      ),
    );
    return showWritten(
      context,
      app,
      wanted.map((w) => ({ name: w.base.name, outcome: 'same' as const })),
      {},
    );
  }
  if (isMoreThanRelease(flags) || moving.length > 1) return pushChanges(context, app, moving, flags);
  return release(context, app, moving[0]!, flags);
}

async function changeOf(
  context: Context,
  app: string,
  namespace: string,
  keys: readonly string[],
  mode: RuleMode,
): Promise<WantedMode> {
  const env = await context.environment();
  const base = await namespaceDetail(context, app, namespace);
  const set = Object.fromEntries(
    keys.map((key) => [key, { ...(ruleAt(base, key, env) as unknown as { [field: string]: Json }), mode }]),
  );
  const after = applyPatch(base.target ?? { kind: 'rules', items: {} }, { set, remove: [] });
  return {
    base,
    change: { namespace, base: base.revision, changes: { set, remove: [] } },
    after,
    set,
    planned: { name: namespace, outcome: 'changed', diff: diffContent(base.target, after) },
  };
}

async function release(
  context: Context,
  app: string,
  { base, set, after, planned }: WantedMode,
  flags: ModeFlags,
): Promise<ExitCode> {
  const environment = await context.environment();
  const plan = { app, environment, changes: [planned], reach: await reachOf(context, app) };
  context.output.note(planSentence(context, plan));
  if (flags.dryRun) return showPlanned(context, app, [planned]);
  await confirmWrite(context, app, flags.yes);
  const body = { changes: { set }, message: flags.message ?? '' };
  const released = await publishOne(context, base, environment, { body, after });
  return showWritten(context, app, [{ ...planned, released }], flags);
}
