import type { PushPlanBody, PushTarget } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { missing } from '../reference/missing.ts';

/** Refuses a group that isn't there, with the nearest one that is. */
export async function mustKnowGroup(context: Context, app: string, target: PushTarget): Promise<void> {
  if (target.mode !== 'group') return;
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listGroups, { params: { env, app } });
  const names = items.map((g) => g.name);
  if (!names.includes(target.group))
    throw missing('group', target.group, `${app} (${env})`, names, {
      en: 'Groups are made with "sluice groups create".',
      zh: '可用 "sluice groups create" 创建分组。',
    });
}

/** Refuses instances that nobody has ever seen: a slip of the pen would be a push that reaches nobody. */
export async function mustKnowInstances(
  context: Context,
  app: string,
  plan: PushPlanBody,
  unseen: boolean | undefined,
): Promise<void> {
  const [first] = plan.unknown;
  if (unseen || first === undefined) return;
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listInstances, { params: { env, app } });
  throw missing(
    'instance',
    first,
    `${app} (${env})`,
    items.map((i) => i.instanceId),
    {
      en: 'To push to one that is still to come, add --unseen.',
      zh: '如需推送给尚未出现的实例，请加上 --unseen。',
    },
  );
}
