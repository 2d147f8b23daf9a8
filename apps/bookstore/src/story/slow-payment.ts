import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chapter } from './chapter.ts';
import { short } from './pushes.ts';
import { appPath, pageOf, type Stage } from './stage.ts';
import { NotTrue, Stopped, until } from './until.ts';

interface Detail {
  readonly drillId: string;
  readonly state: string;
  readonly because?: { readonly en: string; readonly zh: string };
}
interface Report {
  readonly verdict?: string;
  readonly faults: readonly { readonly injected: number; readonly eligible: number }[];
  readonly callers: {
    readonly ok: number;
    readonly error: number;
    readonly degraded: number;
    readonly blocked: number;
  };
  readonly timeToOpenMs?: number;
  readonly timeToCloseMs?: number;
  readonly allClean: boolean;
}

const ended = new Set(['held', 'deviated', 'aborted', 'interrupted']);
/** Over the deadline and the recovery: what the machine may be late. */
const lateMs = 60_000;
/** The steady state has to be there after what the chapters before have done. */
const calmMs = 60_000;

/** The design as it could lie beside the code of the shop. */
export const designOf = (isFast: boolean): { yaml: string; deadlineMs: number; recoverMs: number } => {
  const deadlineMs = isFast ? 20_000 : 40_000;
  const recoverMs = 60_000;
  const windowS = isFast ? 5 : 10;
  const charge = '"rpc:/bookstore.v1.Accounts/Charge", type: outbound';
  const yaml = `title: Slow payment, as told
hypothesis: While payments are slow the breaker opens, orders are taken on account, and browsing stays as it is
deadlineMs: ${deadlineMs}
faults:
  slow:
    resource: { match: exact, value: ${charge} }
    share: 1
    seed: 7
    fault: delay
    delay: { distribution: normal, meanMs: 1500, stdDevMs: 100, maxMs: 2000 }
targets: { by: percent, percent: 50 }
steadyState:
  - { metric: errorRatio, resource: GET /books, type: web, atMost: 0.05, windowS: ${windowS} }
expect:
  - { metric: breakerOpen, resource: ${charge}, atLeast: 1, windowS: 1, withinS: ${deadlineMs / 1000} }
  - { metric: degradedShare, resource: ${charge}, atLeast: 0.01, windowS: 5, withinS: ${deadlineMs / 1000} }
  - { metric: errorRatio, resource: GET /books, type: web, atMost: 0.05, windowS: ${windowS} }
guards:
  - { metric: errorRatio, resource: GET /books, type: web, atMost: 0.25, windowS: 5 }
recoverWithinMs: ${recoverMs}
`;
  return { yaml, deadlineMs, recoverMs };
};

/** Payments made slow on purpose, on half of the shops. */
export const drill: Chapter = {
  name: 'drill',
  async play(stage, { command, look }) {
    const { yaml, deadlineMs, recoverMs } = designOf(stage.isFast);
    const file = join(stage.folder, 'slow-payment.yaml');
    await mkdir(stage.folder, { recursive: true, mode: 0o700 });
    await writeFile(file, yaml);
    command(`npx sluice drill run storefront ${file} --wait`);
    const drills = `${appPath(stage)}/drills`;
    const { drillId } = await stage.api.post<Detail>(drills, { yaml });
    look(pageOf(stage, `/drills/${drillId}`));
    await isReady(stage, yaml);
    await stage.api.post(`${drills}/${drillId}/start`, {});
    const detail = await until(
      stage,
      (t) => t.drillNotOver,
      deadlineMs + recoverMs + lateMs,
      async () => {
        const now = await stage.api.get<Detail>(`${drills}/${drillId}`);
        return ended.has(now.state) ? now : undefined;
      },
    ).catch(async (error: unknown) => {
      if (error instanceof Stopped) await stage.api.post(`${drills}/${drillId}/abort`, {});
      throw error;
    });
    command(`npx sluice drill report storefront ${short(drillId)}`);
    const report = await stage.api.get<Report>(`${drills}/${drillId}/report`);
    const figures = {
      verdict: detail.state,
      injected: report.faults.reduce((sum, { injected }) => sum + injected, 0),
      ok: report.callers.ok,
      failed: report.callers.error,
      degraded: report.callers.degraded,
      timeToOpenMs: report.timeToOpenMs ?? -1,
      timeToCloseMs: report.timeToCloseMs ?? -1,
      allClean: report.allClean,
    };
    if (detail.state !== 'held')
      throw new NotTrue((t, language) => t.drillNotHeld(detail.state, detail.because?.[language] ?? ''));
    return { figures, came: (t) => t.drillCame(figures) };
  },
};

interface Plan {
  readonly ready: boolean;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly text: { readonly en: string; readonly zh: string };
  }[];
}

/** What passes by itself: that calls are not as they should be, and the end of a drill before this one. */
const passing = /^(steadyState|otherDrill)/;

/** Waits for the steady state; what else keeps it from starting is told at once. */
async function isReady(stage: Stage, yaml: string): Promise<void> {
  await until(
    stage,
    (t) => t.notReady(''),
    calmMs,
    async () => {
      const plan = await stage.api.post<Plan>(`${appPath(stage)}/drillplans`, { yaml });
      if (plan.ready) return true;
      const lasting = plan.findings.find(
        ({ severity, code }) => severity === 'refused' && !passing.test(code),
      );
      if (lasting) throw new NotTrue((t, language) => t.notReady(lasting.text[language]));
      return undefined;
    },
  );
}
