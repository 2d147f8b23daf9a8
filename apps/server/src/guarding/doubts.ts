import type { ErrorText } from '@sluice/core';
import type { Recording } from './recordings.ts';

/** How much of the calls was recorded where one of so many was: `2 %`, `99.4 %`. */
const recordedText = (by: number): string => `${Number((100 / by).toPrecision(3))} %`;

/** What a recording can't tell, in both languages: shown beside every figure that was made from it. */
export const doubts = {
  sampled: (by: number): ErrorText => ({
    en: `${recordedText(by)} of the calls were recorded; limits were lowered to as much, and the figures are estimates`,
    zh: `记录了 ${recordedText(by)} 的调用；限额已按比例降低，数字为估计值`,
  }),
  nothing: {
    en: 'no calls are recorded for this time, so nothing can be said',
    zh: '该时间段没有记录到调用，无法得出结论',
  },
  silent: (nodes: number): ErrorText => ({
    en: `${nodes === 1 ? 'one other server' : `${nodes} other servers`} did not answer in time; the calls that ${nodes === 1 ? 'its' : 'their'} instances recorded are missing`,
    zh: `另有 ${nodes} 个服务节点未及时应答，缺少其实例录制的调用`,
  }),
  untold: {
    en: 'system rules, scripts and faults are left out: a recording has no readings of the process, and scripts do not run here',
    zh: '未计入 system、script 和 fault 规则：录制中没有进程读数，脚本也不会在此运行',
  },
  hidden: {
    en: 'values of the key are shown to who may edit rules here (config:edit): no live limit counts by it',
    zh: '没有线上限流按该键计数，键的取值仅向可编辑规则者（config:edit）显示',
  },
  inputs: {
    en: 'only inputs that the rules in force at that time declare were recorded; a rule that looks at others sees them absent',
    zh: '仅记录了当时生效规则声明的输入；若规则查看其他输入，会视为缺失',
  },
} as const satisfies Record<string, ErrorText | ((by: number) => ErrorText)>;

/** What has to be said beside figures from this recording. */
export function doubtsAbout({ kept, sampledBy, silentNodes }: Recording): ErrorText[] {
  const missing = silentNodes > 0 ? [doubts.silent(silentNodes)] : [];
  if (kept.length === 0) return [doubts.nothing, ...missing];
  return [...missing, ...(sampledBy > 1.001 ? [doubts.sampled(sampledBy)] : []), doubts.inputs];
}
