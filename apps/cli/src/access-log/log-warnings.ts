import type { ErrorText, Rule, Rules } from '@sluice/core';
import { inputsRead } from './inputs-read.ts';
import { type LogReport, mostKeys } from './log-report.ts';

const known = /^(ip|user|header:(user-agent|referer)|query:.*)$/;

/** What of rules an access log can't show. */
export function logWarnings(rules: Rules): ErrorText[] {
  const found: ErrorText[] = [];
  const missing = [...inputsRead(rules)].filter((input) => !known.test(input));
  if (missing.length > 0)
    found.push({
      en: `An access log does not tell ${missing.join(', ')}: rules see no such thing in any call.`,
      zh: `访问日志中没有 ${missing.join('、')}：规则在任何调用中都看不到。`,
    });
  const active = Object.entries(rules).filter(([, rule]) => rule.mode !== 'off');
  const named = (isOne: (rule: Rule) => boolean): string =>
    active
      .filter(([, rule]) => isOne(rule))
      .map(([id]) => id)
      .join(', ');
  const timed = named(
    (rule) =>
      (rule.kind === 'limit' && rule.algorithm === 'concurrency') ||
      (rule.kind === 'breaker' && rule.strategy === 'slowCallRatio'),
  );
  if (timed !== '')
    found.push({
      en: `An access log does not tell how long requests took; they count as 0 ms, so ${timed} is not really tried.`,
      zh: `访问日志没有请求耗时，一律按 0 毫秒计算，因此 ${timed} 并未真正得到检验。`,
    });
  const silent = named(({ kind }) => kind === 'system' || kind === 'script' || kind === 'fault');
  if (silent !== '')
    found.push({
      en: `System rules, scripts and faults do nothing in a replay: ${silent}.`,
      zh: `系统规则、脚本和故障在回放中不起作用：${silent}。`,
    });
  return found;
}

/** What was too much to be told apart. */
export function leftWarnings({ minutes, keys, resources }: LogReport['left']): ErrorText[] {
  const found: ErrorText[] = [];
  if (minutes > 0)
    found.push({
      en: `${minutes} requests are of days that were too many to be told apart; they count in all but the minutes.`,
      zh: `${minutes} 个请求所在的日期超出可区分的数量，除分钟外均计入。`,
    });
  if (keys > 0)
    found.push({
      en: `${keys} requests have a key that came after ${mostKeys} others; they count in all but the keys.`,
      zh: `${keys} 个请求的键出现在 ${mostKeys} 个其他键之后，除键外均计入。`,
    });
  if (resources > 0)
    found.push({
      en: `${resources} requests are of a resource that came after ${mostKeys} others; they count in all but the resources.`,
      zh: `${resources} 个请求的资源出现在 ${mostKeys} 个其他资源之后，除资源外均计入。`,
    });
  return found;
}
