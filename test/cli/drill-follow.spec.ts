import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Drill, type DrillDetail, type DrillReport, drillDefinition } from '@sluice/protocol';
import { Dropped, Refused } from './fake-server.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

const at = '2026-01-02T03:04:05.000Z';
const definition = drillDefinition.parse({
  title: 'Slow payment',
  hypothesis: 'whoever pays slowly still pays',
  deadlineMs: 60_000,
  faults: { stuck: { resource: { match: 'exact', value: 'pay' }, share: 1, fault: 'hang' } },
  targets: { by: 'all' },
  steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1 }],
});
const drillOf = (number: number, more: Partial<Drill> = {}): Drill => ({
  drillId: `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`,
  app: 'order-api',
  title: definition.title,
  state: 'running',
  createdBy: 'li',
  createdAt: at,
  startedAt: at,
  targets: 1,
  active: 1,
  clean: 0,
  injected: 0,
  ...more,
});
const detailOf = (more: Partial<Drill> = {}): DrillDetail => ({
  ...drillOf(1, more),
  definition,
  findings: [],
  measures: [],
  instances: [],
  events: [],
});
const reportOf = (drill: Drill): DrillReport => ({
  drill,
  definition,
  verdict: 'aborted',
  at,
  activeMs: 1000,
  measures: [],
  faults: [],
  callers: { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 },
  phases: [],
  breakers: [],
  allClean: true,
  instances: [],
  events: [],
});

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

describe('a drill that is followed', () => {
  /** A server that answers as long as it is there, and ends the drill when it hears that it is to. */
  function serve() {
    const server = { isAway: false, isStopped: false };
    const answering =
      <T>(answer: () => T) =>
      (): T => {
        if (server.isAway) throw new Dropped();
        return answer();
      };
    const now = () => (server.isStopped ? detailOf({ state: 'aborted', finishedAt: at }) : detailOf());
    order.fake
      .on(
        'createDrill',
        answering(() => detailOf({ state: 'draft' })),
      )
      .on('startDrill', answering(now))
      .on('getDrill', answering(now))
      .on(
        'getDrillReport',
        answering(() => reportOf(now())),
      )
      .on(
        'abortDrill',
        answering(() => {
          if (server.isStopped) throw new Refused({ status: 409, code: 'wrong_state', message: 'no' });
          server.isStopped = true;
          return detailOf({ state: 'recovering' });
        }),
      );
    return server;
  }
  const follow = (onSleep: (turn: number, interrupt: () => void) => void) => {
    let turn = 0;
    return order.sluice(['drill', 'run', 'order-api', '-', '--wait'], {
      stdin: JSON.stringify(definition),
      onSleep: (interrupt) => onSleep(++turn, interrupt),
    });
  };

  it('is left when its server stays away, and it is said what becomes of it', async () => {
    const server = serve();
    const ran = await follow((turn) => {
      server.isAway = turn > 2;
      if (turn > 1000) throw new Error('it is followed for ever');
    });
    expect(ran.code).toBe(8);
    expect(ran.err).toContain('The server has been away for 120 s while "Slow payment" was running.');
    expect(ran.err).toContain('its faults end by themselves');
  });

  it('is the one that was started, where only the answer was lost', async () => {
    const server = serve();
    order.fake
      .on('startDrill', () => {
        throw new Dropped();
      })
      .on('deleteDrill', () => {
        throw new Refused({ status: 409, code: 'wrong_state', message: 'it was started already' });
      });
    const ran = await follow((turn) => {
      server.isStopped = turn === 3;
    });
    expect(ran.code).toBe(6);
  });

  it('is said to go on where it may not be looked at any more', async () => {
    const server = serve();
    const ran = await follow((turn) => {
      if (turn === 3)
        order.fake.on('getDrill', () => {
          throw new Refused({
            status: 401,
            code: 'unauthenticated',
            message: 'Sign in. Nothing was changed.',
          });
        });
      if (turn > 10) throw new Error('it was not left');
    });
    expect(server.isStopped).toBe(false);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('It goes on, and its faults end by themselves');
    expect(ran.err).not.toContain('Nothing was changed');
  });

  it('goes on when its server is back', async () => {
    const server = serve();
    const ran = await follow((turn) => {
      server.isAway = turn > 2 && turn < 100;
      server.isStopped = turn === 103;
    });
    expect(ran.code).toBe(6);
  });

  it('is stopped by Ctrl+C also where the server hears of it only later', async () => {
    const server = serve();
    const ran = await follow((turn, interrupt) => {
      if (turn === 2) server.isAway = true;
      if (turn === 2) interrupt();
      if (turn === 30) server.isAway = false;
      if (turn > 40) throw new Error('it was never stopped');
    });
    expect(ran.code).toBe(6);
    expect(order.fake.last('abortDrill').body).toEqual({ reason: 'Ctrl+C' });
  });

  it('is left at once by a second Ctrl+C while nobody hears the first', async () => {
    const server = serve();
    const ran = await follow((turn, interrupt) => {
      if (turn === 2) server.isAway = true;
      if (turn === 2 || turn === 5) interrupt();
      if (turn > 10) throw new Error('it was not left');
    });
    expect(ran.code).toBe(130);
    expect(ran.err).toContain('It is not known whether "Slow payment" was stopped');
  });
});

describe('a drill of long ago', () => {
  it('is found behind many newer ones', async () => {
    const all = Array.from({ length: 450 }, (_, i) => ({ ...drillOf(450 - i), createdAt: at }));
    order.fake
      .on('listDrills', ({ query }) => {
        const from = query.before === undefined ? 0 : Number(query.before);
        const to = from + Number(query.limit);
        return { items: all.slice(from, to), ...(to < all.length && { next: to }) };
      })
      .on('getDrill', ({ params }) => ({ ...detailOf(), ...drillOf(Number(params.drill!.slice(0, 8))) }));
    const { code, out } = await order.sluice(['drill', 'show', 'order-api', '00000003']);
    expect([code, out]).toEqual([0, expect.stringContaining('(00000003)')]);
    const wrong = await order.sluice(['drill', 'show', 'order-api', '99999999']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('There is no drill "99999999"') });
  });
});
