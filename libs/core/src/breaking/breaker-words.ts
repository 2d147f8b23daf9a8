import type { ErrorText } from '../errors/error-code.ts';
import type { BreakerState } from '../model/breaker-rule.ts';
import type { BreakerReason } from './breaker.ts';

/** The states of a breaker, as people are told of them. */
export const breakerWords: Readonly<Record<BreakerState, ErrorText>> = {
  closed: { en: 'closed', zh: '关闭' },
  open: { en: 'open', zh: '打开' },
  halfOpen: { en: 'half-open', zh: '半开' },
  forcedOpen: { en: 'forced open', zh: '强制打开' },
  forcedClosed: { en: 'forced closed', zh: '强制关闭' },
};

const reasons: Readonly<Record<BreakerReason, ErrorText>> = {
  threshold: { en: 'its threshold was reached', zh: '达到阈值' },
  probing: { en: 'its time was over; it tries calls', zh: '打开时间已过，开始试探' },
  probesGood: { en: 'all calls that it tried were good', zh: '试探的调用全部正常' },
  probeBad: { en: 'a call that it tried was bad', zh: '有试探的调用失败' },
  noVerdict: { en: 'a probe did not end in time', zh: '试探未按时结束' },
  forced: { en: 'held by hand', zh: '人工保持' },
  forceEnded: { en: 'no longer held by hand', zh: '人工保持已结束' },
};

/** Why a breaker turned, in words; the word of the report itself where an instance told one that is not known here. */
export const breakerReasonText = (reason: string): ErrorText =>
  Object.hasOwn(reasons, reason) ? reasons[reason as BreakerReason] : { en: reason, zh: reason };
