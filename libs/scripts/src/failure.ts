import { type ErrorText, fillText, type Language } from '@sluice/core';
import { reasonInChinese } from './reasons.ts';

/** Why a script gave no answer: what happened, what is still true, what to do. */
const failureTexts = {
  unavailable: {
    en: 'Scripts cannot run in this process: {reason}. Its onError applies; every other rule works. It needs Node 24 or later and the package isolated-vm 7.',
    zh: '此进程无法运行脚本：{reason}。按 onError 处理，其他规则照常工作。需要 Node 24 或更高版本，以及 isolated-vm 7。',
  },
  starting: {
    en: 'The script host was not ready in time. Its onError applied to this call; later calls will be asked.',
    zh: '脚本宿主未能及时就绪。本次调用按 onError 处理，之后的调用会正常询问脚本。',
  },
  compile: {
    en: 'The script does not run: {reason}. It decides nothing until it is corrected.',
    zh: '脚本无法运行：{reason}。修正之前它不参与判定。',
  },
  entry: {
    en: 'The script has no function {entry}. It decides nothing until it declares: function {entry}(…) {}',
    zh: '脚本没有函数 {entry}。在声明 function {entry}(…) {} 之前它不参与判定。',
  },
  timeout: {
    en: 'The script took longer than {timeoutMs} ms and was stopped. Its onError applied to this call. Make it shorter, or raise timeoutMs.',
    zh: '脚本超过 {timeoutMs} 毫秒，已被停止。本次调用按 onError 处理。请精简脚本或调大 timeoutMs。',
  },
  killed: {
    en: 'The script host did not stop or ended while it ran this script, so it was replaced. Its onError applied to this call. Look for what it builds or throws.',
    zh: '运行该脚本时宿主无法停止或已退出，已被替换。本次调用按 onError 处理。请检查脚本构造或抛出的内容。',
  },
  interrupted: {
    en: 'The script host was replaced three times while this call waited, because of other calls. Its onError applied to this call.',
    zh: '等待期间脚本宿主因其他调用被替换了三次。本次调用按 onError 处理。',
  },
  memory: {
    en: 'The script needed more than 16 MiB and was stopped. Its onError applied to this call. Let it hold less.',
    zh: '脚本占用超过 16 MiB，已被停止。本次调用按 onError 处理。请减少占用。',
  },
  threw: {
    en: 'The script threw: {reason}. Its onError applied to this call.',
    zh: '脚本抛出错误：{reason}。本次调用按 onError 处理。',
  },
  bad_result: {
    en: 'The script answered what its role does not allow: {reason}. Its onError applied to this call.',
    zh: '脚本的返回值不符合其角色要求：{reason}。本次调用按 onError 处理。',
  },
  input_too_large: {
    en: 'The inputs of the script are larger than a script may see: 16,384 characters, 2,000 values, 16 levels. Its onError applied to this call. Declare a smaller part of them.',
    zh: '脚本的输入超过允许的大小：16,384 个字符、2,000 个值、16 层嵌套。本次调用按 onError 处理。请声明其中更小的部分。',
  },
  input_unreadable: {
    en: 'An input of the script threw when it was read: {reason}. Its onError applied to this call. Look for a getter of the app that throws.',
    zh: '读取脚本的输入时抛出错误：{reason}。本次调用按 onError 处理。请检查应用中会抛出错误的 getter。',
  },
  busy: {
    en: 'Too many calls waited for scripts. Its onError applied to this call. Narrow the rule by its condition, or set cacheMs.',
    zh: '等待脚本的调用过多。本次调用按 onError 处理。请用条件缩小规则范围，或设置 cacheMs。',
  },
  over_budget: {
    en: 'The script used up its share of processor time for this second. Its onError applied to this call. Make it cheaper, or set cacheMs.',
    zh: '脚本用尽了这一秒的处理器时间配额。本次调用按 onError 处理。请降低开销，或设置 cacheMs。',
  },
  quarantined: {
    en: 'This version of the script is switched off on this instance: 3 kills or 10 timeouts in a minute. Its onError applies. Publish a corrected version.',
    zh: '该版本脚本已在此实例停用：一分钟内被强制终止 3 次或超时 10 次。按 onError 处理。请发布修正后的版本。',
  },
  closed: {
    en: 'The script host was closed. Its onError applied to this call.',
    zh: '脚本宿主已关闭。本次调用按 onError 处理。',
  },
} as const satisfies Record<string, ErrorText>;

export type FailureCode = keyof typeof failureTexts;

export interface ScriptFailure {
  readonly code: FailureCode;
  readonly params: Readonly<Record<string, string | number>>;
  /** Where in the source, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

const hostsFaults: ReadonlySet<FailureCode> = new Set(['starting', 'busy', 'interrupted']);

/** The host was in want of time or of a process: it says nothing about the script, and a later call may do. */
export const isHostsFault = ({ code }: ScriptFailure): boolean => hostsFaults.has(code);

export function failure(
  code: FailureCode,
  params: ScriptFailure['params'] = {},
  place: { readonly line?: number | undefined; readonly column?: number | undefined } = {},
): ScriptFailure {
  const { line, column } = place;
  return {
    code,
    params,
    ...(line !== undefined && line > 0 && { line }),
    ...(column !== undefined && column > 0 && { column }),
  };
}

/**
 * What a failure's texts are filled with. What a script threw is its author's text: control characters are taken out.
 */
export const failureParams = ({ params }: ScriptFailure, language: Language): ScriptFailure['params'] =>
  Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (typeof value !== 'string') return [key, value];
      const words = key === 'reason' && language === 'zh' ? reasonInChinese(value) : value;
      return [key, words.replace(/\p{Cc}/gu, ' ')];
    }),
  );

/** The failure in words. */
export function failureText(failure: ScriptFailure, language: Language): string {
  const { code, line, column } = failure;
  const words = fillText(failureTexts[code][language], failureParams(failure, language));
  if (line === undefined) return words;
  const at = language === 'zh' ? `第 ${line} 行` : `line ${line}`;
  const where =
    column === undefined ? at : language === 'zh' ? `${at}第 ${column} 列` : `${at}, column ${column}`;
  return `${words} (${where})`;
}
