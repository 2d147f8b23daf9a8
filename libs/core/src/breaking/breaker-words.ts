import type { ErrorText } from '../errors/error-code.ts';
import type { BreakerState } from '../model/breaker-rule.ts';

/** The states of a breaker, as people are told of them. */
export const breakerWords: Readonly<Record<BreakerState, ErrorText>> = {
  closed: { en: 'closed', zh: '关闭' },
  open: { en: 'open', zh: '打开' },
  halfOpen: { en: 'half-open', zh: '半开' },
  forcedOpen: { en: 'forced open', zh: '强制打开' },
  forcedClosed: { en: 'forced closed', zh: '强制关闭' },
};
