import type { DrillRecord } from '@sluice/protocol/client';
import { isActive, type KnownDrill, recordOf } from './running-drill.ts';

/** Drills that one frame tells of: with all their faults they stay far below what a frame may hold. */
const drillsPerFrame = 8;

/**
 * What is to be told of drills now, frame by frame, and counts as told from then on: of each that runs, and of the rest
 * what has changed since.
 */
export function drillNews(known: Iterable<KnownDrill>, nowMs: number): DrillRecord[][] {
  const news = [...known].filter((each) => isActive(each) || each.told !== countsOf(each));
  for (const each of news) each.told = countsOf(each);
  const frames: DrillRecord[][] = [];
  for (let i = 0; i < news.length; i += drillsPerFrame)
    frames.push(news.slice(i, i + drillsPerFrame).map((each) => recordOf(each, nowMs)));
  return frames;
}

/** What of a record counts as news, which its age doesn't. */
function countsOf(known: KnownDrill): string {
  const { endedAgoMs: _, activeMs: __, ...counts } = recordOf(known, 0);
  return JSON.stringify(counts);
}
