import { describe, expect, it } from '@jest/globals';
import { contracts, type ResponseOf, type TrafficPoint } from '@sluice/protocol';
import type { LiveUpdate } from '@sluice/protocol/console';
import { QueryClient } from '@tanstack/react-query';
import { liveSpanMs, patchTraffic } from './patch-traffic.ts';

type Traffic = ResponseOf<typeof contracts.getTraffic>;

const startMs = Date.parse('2026-01-31T12:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const point = (sec: number): TrafficPoint => ({
  at: iso(startMs + sec * 1000),
  passed: 10,
  blocked: {},
  wouldBlock: 0,
  success: 10,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 1,
  instances: 1,
  lost: 0,
  opened: 0,
});
const place = { env: 'prod', app: 'shop', resource: 'pay' };
const key = [contracts.getTraffic.id, place, { type: 'web', span: '5m' }];

describe('a live chart of seconds', () => {
  it('keeps every second that it shows, also the one in which it begins', () => {
    const client = new QueryClient();
    const points = Array.from({ length: 300 }, (_, sec) => point(sec));
    client.setQueryData(key, {
      stepMs: 1000,
      points,
      markers: [],
      from: iso(startMs),
      to: iso(startMs),
    } as never);
    const atMs = startMs + liveSpanMs + 686;
    const update = {
      at: iso(atMs),
      traffic: [{ resource: 'pay', type: 'web', points: [point(300)], breakers: [] }],
    } as unknown as LiveUpdate;
    patchTraffic(client, { of: 'traffic', environment: 'prod', app: 'shop' }, update);
    const shown = client.getQueryData<Traffic>(key)!;
    expect(shown.points.map(({ at }) => at)).toEqual([...points, point(300)].map(({ at }) => at));
    expect(shown.from).toBe(iso(startMs));
    patchTraffic(
      client,
      { of: 'traffic', environment: 'prod', app: 'shop' },
      { ...update, at: iso(atMs + 1000) },
    );
    expect(client.getQueryData<Traffic>(key)!.points[0]!.at).toBe(iso(startMs + 1000));
    client.clear();
  });
});
