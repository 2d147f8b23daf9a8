import type { DrillDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, type ErrorParts } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { isOver, stateLine } from './drill-text.ts';
import type { DrillParams } from './find-drill.ts';

const everyMs = 1000;
/** A server that is away for longer isn't waited for. */
const longestAwayMs = 120_000;

/** Until it is over. Ctrl+C stops the drill: whoever leaves must not leave something broken. */
export async function followed(
  context: Context,
  params: DrillParams,
  started: DrillDetail,
  timeoutMs: number | undefined,
): Promise<DrillDetail> {
  const { io, output } = context;
  const api = await context.api();
  const stop = (): Promise<unknown> =>
    api.call(contracts.abortDrill, { params, body: { reason: 'Ctrl+C' } }).catch(() => undefined);
  let interrupts = 0;
  const free = io.onInterrupt(() => {
    interrupts += 1;
    if (interrupts === 1) void stop();
  });
  const until = timeoutMs === undefined ? Number.POSITIVE_INFINITY : io.now() + timeoutMs;
  let now = started;
  let heardAt = io.now();
  let last = '';
  try {
    while (!isOver(now)) {
      if (io.now() >= until) throw left('not_over', exitCode.timeout, texts.notOver, now);
      // A line that would read the same again is not said.
      const line = stateLine(context, now);
      if (line !== last) output.progress(line);
      last = line;
      await io.sleep(everyMs);
      const heard = await api.call(contracts.getDrill, { params }).catch((error: unknown) => {
        if (error instanceof ServerError && [401, 403, 404].includes(error.status))
          throw left('not_followed', exitCode.notAllowed, texts.unseen, now);
        return ifAway(error);
      });
      if (heard) {
        now = heard;
        heardAt = io.now();
        // The server may not have heard that it is to stop.
        if (interrupts > 0 && now.state === 'running') await stop();
      } else if (interrupts > 1) throw left('interrupted', exitCode.interrupted, texts.unheard, now);
      else if (io.now() - heardAt >= longestAwayMs)
        throw left('server_gone', exitCode.unreachable, texts.gone, now);
    }
  } finally {
    free();
  }
  if (interrupts > 0) output.note(stateLine(context, now));
  return now;
}

/** A server that is away for a moment is asked again; the faults end by themselves meanwhile. */
function ifAway(error: unknown): undefined {
  const isAway =
    error instanceof CliError && (error.exit === exitCode.unreachable || error.exit === exitCode.timeout);
  if (!isAway) throw error;
}

const endsItself = {
  en: 'Where no server renews them its faults end by themselves within seconds, and at the deadline in any case.',
  zh: '若没有服务器续期，故障会在数秒内自行结束；最迟在截止时间结束。',
};
const lookLater = {
  en: 'Look with "sluice drill show {app} {id}" when the server is back, and stop it with "sluice drill stop {app} {id}".',
  zh: '服务器恢复后，请用 "sluice drill show {app} {id}" 查看，用 "sluice drill stop {app} {id}" 停止。',
};
const texts = {
  notOver: {
    what: { en: '"{title}" is not over yet.', zh: '“{title}”尚未结束。' },
    still: { en: 'It goes on.', zh: '它仍在进行。' },
    todo: {
      en: 'Look with "sluice drill show {app} {id}", or stop it with "sluice drill stop {app} {id}".',
      zh: '请用 "sluice drill show {app} {id}" 查看，或用 "sluice drill stop {app} {id}" 停止。',
    },
  },
  gone: {
    what: {
      en: 'The server has been away for {seconds} s while "{title}" was running.',
      zh: '“{title}”进行期间，服务器已有 {seconds} 秒无法连接。',
    },
    still: endsItself,
    todo: lookLater,
  },
  unseen: {
    what: {
      en: '"{title}" has started, and may not be looked at any more: its token has ended, or lacks config:read.',
      zh: '“{title}”已启动，但已无权查看：令牌已失效，或缺少 config:read 权限。',
    },
    still: {
      en: 'It goes on, and its faults end by themselves, at the deadline in any case.',
      zh: '它仍在进行；故障会自行结束，最迟在截止时间结束。',
    },
    todo: {
      en: 'With another token, look with "sluice drill show {app} {id}", or stop it with "sluice drill stop {app} {id}".',
      zh: '请使用其他令牌，用 "sluice drill show {app} {id}" 查看，或用 "sluice drill stop {app} {id}" 停止。',
    },
  },
  unheard: {
    what: {
      en: 'It is not known whether "{title}" was stopped: the server can\'t be reached.',
      zh: '无法连接服务器，不能确定“{title}”是否已停止。',
    },
    still: endsItself,
    todo: lookLater,
  },
} as const satisfies Record<string, ErrorParts>;

function left(
  code: string,
  exit: ExitCode,
  parts: ErrorParts,
  { title, app, drillId }: DrillDetail,
): CliError {
  const seconds = longestAwayMs / 1000;
  return new CliError(code, exit, parts, { title, app, id: drillId.slice(0, 8), seconds });
}
