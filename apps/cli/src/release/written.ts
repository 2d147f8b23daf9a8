import type { ContentDiff } from '@sluice/core';
import type { Push, Released } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { PlannedChange } from './plan.ts';
import { reportVerdict, waitForVerdict } from './wait.ts';

/** Options of every command that writes. */
export interface WriteFlags {
  readonly message?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly yes?: boolean;
}

/** How long `--wait` waits when nobody says. */
const defaultTimeoutMs = 60_000;

interface WrittenNamespace {
  readonly name: string;
  readonly outcome: PlannedChange['outcome'];
  readonly diff?: ContentDiff;
  readonly release?: number;
  readonly revision?: number;
  readonly digest?: string;
  readonly push?: Pick<Push, 'id' | 'state' | 'verdict' | 'linked'>;
}

/** What a write came to, as programs get it. */
interface Written {
  readonly app: string;
  readonly environment: string;
  readonly dryRun: boolean;
  readonly namespaces: readonly WrittenNamespace[];
}

/** Ends a dry run: shows what would change. */
export async function showPlanned(
  context: Context,
  app: string,
  changes: readonly PlannedChange[],
): Promise<ExitCode> {
  const written: Written = {
    app,
    environment: await context.environment(),
    dryRun: true,
    namespaces: changes,
  };
  const sides = {
    from: context.say({ en: 'live', zh: '当前生效' }),
    to: context.say({ en: 'planned', zh: '计划' }),
  };
  const { diffText } = await import('../output/diff-text.ts');
  await context.output.one(written, () =>
    changes
      .filter((c) => c.outcome !== 'same')
      .map((c) => diffText(context, c.diff, { name: c.name, ...sides }))
      .join(''),
  );
  context.output.note(context.say({ en: 'Dry run: nothing was changed.', zh: '试运行：没有任何更改。' }));
  return exitCode.ok;
}

/** Ends a write: waits for the verdict where it was asked for, prints what was released, and answers with the exit code. */
export async function showWritten(
  context: Context,
  app: string,
  changes: readonly { name: string; outcome: PlannedChange['outcome']; released?: Released }[],
  flags: WriteFlags,
): Promise<ExitCode> {
  const pushes = new Map<string, Push>();
  for (const { name, released } of changes) if (released) pushes.set(name, released.push);
  let failure: unknown;
  let code: ExitCode = exitCode.ok;
  if (flags.wait) {
    const deadline = context.io.now() + (flags.timeout ?? defaultTimeoutMs);
    try {
      // Several namespaces of one change share their push: it is followed and told once.
      const decided = new Map<string, Push>();
      for (const [name, push] of pushes) {
        const known = decided.get(push.id);
        const now =
          known ?? (await waitForVerdict(context, push, { timeoutMs: deadline - context.io.now() }));
        decided.set(push.id, now);
        pushes.set(name, now);
        if (!known && (await reportVerdict(context, now)) !== exitCode.ok) code = exitCode.partlyApplied;
      }
    } catch (error) {
      failure = error; // what was released is told first
    }
  }
  await printWritten(context, {
    app,
    environment: await context.environment(),
    dryRun: false,
    namespaces: changes.map(({ name, outcome, released }) => {
      const push = pushes.get(name);
      return {
        name,
        outcome,
        ...(released && {
          release: released.release.number,
          revision: released.release.revision,
          digest: released.release.digest,
        }),
        ...(push && {
          push: {
            id: push.id,
            state: push.state,
            verdict: push.verdict,
            ...(push.linked && { linked: push.linked }),
          },
        }),
      };
    }),
  });
  if (failure !== undefined) throw failure;
  const { note, errColour } = context.output;
  for (const { released } of changes)
    for (const warning of released?.warnings ?? []) note(warning[context.language], errColour.yellow);
  if (!flags.wait && pushes.size > 0) hintToWatch(context, app, [...pushes.values()]);
  return code;
}

async function printWritten(context: Context, written: Written): Promise<void> {
  const { output } = context;
  if (output.format !== 'table') {
    await output.one(written, () => '');
    return;
  }
  await output.list(written.namespaces, [
    { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (n) => n.name },
    { head: { en: 'OUTCOME', zh: '结果' }, cell: (n) => context.say(outcomeWords[n.outcome]) },
    { head: { en: 'RELEASE', zh: '发布版本' }, cell: (n) => String(n.release ?? '-') },
    { head: { en: 'REVISION', zh: '修订号' }, cell: (n) => String(n.revision ?? '-') },
    { head: { en: 'PUSH', zh: '推送' }, cell: (n) => n.push?.id ?? '-' },
    {
      head: { en: 'HOLDING', zh: '已持有' },
      cell: (n) => (n.push ? `${n.push.verdict.holding}/${n.push.verdict.targets}` : '-'),
    },
  ]);
}

const outcomeWords = {
  created: { en: 'created', zh: '新建' },
  changed: { en: 'changed', zh: '修改' },
  same: { en: 'same', zh: '无变化' },
} as const;

function hintToWatch(context: Context, app: string, pushes: readonly Push[]): void {
  context.output.note(
    context.say(
      {
        en: 'The push has begun. See whether every instance holds it: sluice push watch {app} {id} --env {env}',
        zh: '推送已开始。查看各实例是否都已持有：sluice push watch {app} {id} --env {env}',
      },
      { app, id: pushes[0]!.id, env: pushes[0]!.environment },
    ),
  );
}
