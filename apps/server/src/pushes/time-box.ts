import { timeToLive } from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { type Caller, requirePermission } from '../http/caller.ts';
import { invalidField } from '../http/invalid.ts';

interface Place {
  readonly environment: string;
  readonly app: string;
}

/**
 * Ms that a push lives, or undefined for "without end": an hour for one instance, unless said otherwise. For one
 * instance without end takes a permission; without `by` nobody is asked for it, as nothing begins yet.
 */
export function lifeOf(
  target: PushTarget,
  asked: number | 'untilCleared' | undefined,
  by: { readonly caller: Caller; readonly place: Place } | undefined,
): number | undefined {
  const path = 'expiresInMs';
  if (target.mode === 'global') {
    if (typeof asked === 'number')
      throw invalidField(path, {
        en: 'is for pushes to some instances; what everybody has stays until the next release',
        zh: '只用于面向部分实例的推送；全局内容一直有效，直到下一次发布',
      });
    return undefined;
  }
  if (target.mode !== 'single' && asked === undefined) return undefined;
  if (by && target.mode === 'single' && asked === 'untilCleared')
    requirePermission(by.caller, 'push:keep', by.place);
  const life = timeToLive(asked, true);
  if (!life.ok) throw invalidField(path, life.refusal, 'range');
  return life.value;
}
