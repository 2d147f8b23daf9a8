import { type ErrorText, fillText } from '@sluice/core';
import type { DrillRecord, FaultEnd } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import { type ActiveDrill, recordOf } from './active-drill.ts';
import type { DrillTargetEntity } from './drill.entities.ts';

/** Processes of one instance whose totals are kept. */
const maxProcesses = 20;

const texts = {
  active: { en: '{instance} has begun', zh: '{instance} 已开始' },
  refused: { en: '{instance} refused it: {error}', zh: '{instance} 拒绝：{error}' },
  left: { en: '{instance} is no longer connected', zh: '{instance} 已断开连接' },
  back: { en: '{instance} is connected again', zh: '{instance} 已重新连接' },
  clean: { en: '{instance} is clean: {why}', zh: '{instance} 已清除：{why}' },
} as const satisfies Record<string, ErrorText>;

/** Why faults are gone from an instance, or were never there. */
export const endTexts: Readonly<Record<FaultEnd | 'refused' | 'restarted' | 'lease', ErrorText>> = {
  deadline: { en: 'the deadline was over', zh: '到达截止时间' },
  silence: { en: 'nothing renewed it', zh: '没有续期' },
  ended: { en: 'it was told to end', zh: '收到结束指令' },
  killSwitch: { en: 'the kill switch was thrown', zh: '紧急开关已打开' },
  overloaded: { en: 'too many calls were held back', zh: '被挂起的调用过多' },
  closed: { en: 'its process ends', zh: '进程正在退出' },
  refused: { en: 'it never began', zh: '从未开始' },
  restarted: { en: 'its process is another one', zh: '进程已重启' },
  lease: { en: 'it is not connected, and nothing renewed its faults', zh: '未连接，且故障没有续期' },
};

const said = (text: ErrorText, params: Record<string, string | ErrorText>): ErrorText => ({
  en: fillText(text.en, params, 'en'),
  zh: fillText(text.zh, params, 'zh'),
});

/** An instance has told what a drill came to in it. */
export function heardRecord(
  drill: ActiveDrill,
  instanceId: string,
  bootId: string,
  record: DrillRecord,
  now: number,
): void {
  const target = drill.targets.get(instanceId);
  if (!target) return;
  const before = target.records[bootId];
  if (!before && Object.keys(target.records).length >= maxProcesses) return;
  target.records = { ...target.records, [bootId]: record };
  target.heardAt = now;
  drill.unwritten.add(instanceId);
  if (bootId !== target.bootId || before?.state === record.state) return;
  const instance = { instance: instanceId };
  if (record.state === 'active') {
    drill.log(now, { kind: 'targetActive', instanceId, text: said(texts.active, instance) });
    return;
  }
  if (record.state === 'refused')
    drill.log(now, {
      kind: 'targetRefused',
      instanceId,
      text: said(texts.refused, { ...instance, error: record.error ?? '' }),
    });
  const why = record.state === 'refused' ? 'refused' : (record.endedBecause ?? 'ended');
  isClean(drill, target, { by: 'told', at: now - (record.endedAgoMs ?? 0), why: endTexts[why] });
}

/** An instance is connected to this node, for the first time or again. */
export function joined(
  drill: ActiveDrill,
  { instanceId, bootId }: Connection,
  nodeId: string,
  now: number,
): void {
  const target = drill.targets.get(instanceId);
  if (!target) return;
  const isNew = target.bootId !== bootId;
  const wasGone = !target.connected;
  Object.assign(target, { nodeId, connected: true, bootId });
  drill.unwritten.add(instanceId);
  if (wasGone)
    drill.log(now, { kind: 'targetBack', instanceId, text: said(texts.back, { instance: instanceId }) });
  if (!isNew) return;
  // A new process begins with nothing broken; while the drill runs, it is broken again.
  if (drill.isOver) isClean(drill, target, { by: 'restarted', at: now, why: endTexts.restarted });
  else Object.assign(target, { cleanBy: null, cleanAt: null });
}

export function left(drill: ActiveDrill, instanceId: string, now: number): void {
  const target = drill.targets.get(instanceId);
  if (!target?.connected) return;
  target.connected = false;
  drill.unwritten.add(instanceId);
  drill.log(now, { kind: 'targetLeft', instanceId, text: said(texts.left, { instance: instanceId }) });
}

/** Nothing can be broken any more in an instance of which nothing is heard: from `at` on, a lease after the last beat. */
export function cleanBySilence(drill: ActiveDrill, at: number): void {
  for (const target of drill.targets.values())
    if (target.cleanBy === null && (!target.connected || recordOf(target) === undefined))
      isClean(drill, target, { by: 'silence', at, why: endTexts.lease });
}

/** One target as two nodes know it: as the one says to which it is connected, with the newest word of each process. */
export function inOne(own: DrillTargetEntity, other: DrillTargetEntity): DrillTargetEntity {
  const isElsewhere = !own.connected && other.connected && own.nodeId !== other.nodeId;
  const records = { ...other.records };
  for (const [bootId, record] of Object.entries(own.records)) {
    const known = records[bootId];
    if (!known || ageMs(record) >= ageMs(known)) records[bootId] = record;
  }
  const one = isElsewhere ? other : own;
  // What is proven of a process stays so, also when a node that stood still meanwhile goes on with what it knew.
  const isProven = own.bootId === other.bootId && proofs.indexOf(other.cleanBy) > proofs.indexOf(one.cleanBy);
  const { cleanBy, cleanAt } = isProven ? other : one;
  return { ...one, cleanBy, cleanAt, records };
}

/** The later is worth more. */
const proofs: readonly DrillTargetEntity['cleanBy'][] = [null, 'silence', 'restarted', 'told'];

/** For how long its process had known of the drill when it said so. */
const ageMs = ({ activeMs, endedAgoMs = 0 }: DrillRecord): number => activeMs + endedAgoMs;

function isClean(
  drill: ActiveDrill,
  target: DrillTargetEntity,
  { by, at, why }: { by: 'told' | 'restarted' | 'silence'; at: number; why: ErrorText },
): void {
  // A later word of its own is worth more than what was concluded.
  if (target.cleanBy !== null && !(by === 'told' && target.cleanBy === 'silence')) return;
  Object.assign(target, { cleanBy: by, cleanAt: Math.round(at) });
  drill.unwritten.add(target.instanceId);
  const { instanceId } = target;
  drill.log(at, { kind: 'targetClean', instanceId, text: said(texts.clean, { instance: instanceId, why }) });
}
