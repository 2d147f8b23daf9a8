import { timeToLive } from '@sluice/core';
import type { PushTarget } from '@sluice/protocol';
import { type Caller, may, requirePermission } from '../http/caller.ts';
import { invalidField } from './refusals.ts';

interface Place {
  readonly environment: string;
  readonly app: string;
}

/** Ms that a push lives, or undefined for "without end": an hour for one instance, unless said otherwise. */
export function lifeOf(
  target: PushTarget,
  asked: number | 'untilCleared' | undefined,
  caller: Caller,
  place: Place,
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
  const mayKeep = may(caller, 'push:keep', place);
  if (target.mode === 'single' && asked === 'untilCleared') requirePermission(caller, 'push:keep', place);
  const life = timeToLive(asked, mayKeep || target.mode !== 'single');
  if (!life.ok) throw invalidField(path, life.refusal, 'range');
  return life.value;
}
