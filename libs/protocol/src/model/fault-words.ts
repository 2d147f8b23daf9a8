import type { Fault } from '@sluice/core';
import type { z } from 'zod';

type Words = Omit<Fault, 'path'>;

/** What an issue of a check is called, in both languages, to be read after the place where it is. */
export function wordsOf(issue: z.core.$ZodIssue): Words {
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue);
    case 'invalid_value':
      return oneOf(issue.values, isMissing(issue));
    case 'invalid_union':
      return 'options' in issue ? oneOf((issue.options ?? []).filter(isToBeTaken), false) : other(issue);
    case 'too_big':
    case 'too_small':
      return ofRange(issue);
    case 'custom':
      return ofCheck(issue);
    default:
      return other(issue);
  }
}

const required: Words = { problem: 'required', message: 'is required', zh: '必填' };

/** With `reportInput` the issue holds what was found; else its message still says so, but for fixed values. */
const isMissing = (issue: z.core.$ZodIssue): boolean =>
  'input' in issue ? issue.input === undefined : / undefined$/.test(issue.message);

function ofType(issue: z.core.$ZodIssueInvalidType): Words {
  if (isMissing(issue)) return required;
  const expected =
    { record: 'object', int: 'whole number', undefined: 'nothing' }[issue.expected as string] ??
    issue.expected;
  const found = / received (.+)$/.exec(issue.message)?.[1];
  // That 1.5 is a number is not what is wrong with it.
  const got = expected === 'whole number' && found === 'number' ? undefined : found;
  const article = expected === 'nothing' ? '' : /^[aeiou]/.test(expected) ? 'an ' : 'a ';
  return {
    problem: 'type',
    message: `must be ${article}${expected}${got ? `, got ${got}` : ''}`,
    zh: `应为${typesInChinese[expected] ?? ` ${expected}`}${got ? `，实际是 ${got}` : ''}`,
  };
}

const typesInChinese: Readonly<Record<string, string>> = { 'whole number': '整数', nothing: '空' };

function oneOf(values: readonly unknown[], missing: boolean): Words {
  if (missing) return required;
  const list = values.map((value) => JSON.stringify(value));
  return {
    problem: 'value',
    message: list.length === 1 ? `must be ${list[0]}` : `must be one of ${list.join(', ')}`,
    zh: list.length === 1 ? `必须是 ${list[0]}` : `必须是以下之一：${list.join('、')}`,
  };
}

/** `fault` is known among the kinds of rules to say why it is refused; nobody is told to write it. */
const isToBeTaken = (option: unknown): boolean => option !== 'fault';

const units: Readonly<Record<string, { readonly one: string; readonly en: string; readonly zh: string }>> = {
  string: { one: 'character', en: 'characters', zh: '个字符' },
  array: { one: 'entry', en: 'entries', zh: '项' },
};

function ofRange(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): Words {
  const isTop = issue.code === 'too_big';
  const bound = isTop ? issue.maximum : issue.minimum;
  const unit = units[issue.origin];
  if (unit && !isTop && Number(bound) === 1)
    return { problem: 'range', message: 'must not be empty', zh: '不能为空' };
  if (unit)
    return {
      problem: 'range',
      message: `must have at ${isTop ? 'most' : 'least'} ${bound} ${Number(bound) === 1 ? unit.one : unit.en}`,
      zh: `${isTop ? '最多' : '至少'} ${bound} ${unit.zh}`,
    };
  if (issue.inclusive)
    return {
      problem: 'range',
      message: `must be at ${isTop ? 'most' : 'least'} ${bound}`,
      zh: `不能${isTop ? '大于' : '小于'} ${bound}`,
    };
  return {
    problem: 'range',
    message: `must be ${isTop ? 'below' : 'above'} ${bound}`,
    zh: `必须${isTop ? '小于' : '大于'} ${bound}`,
  };
}

/** A check of our own brings its words along. */
function ofCheck(issue: z.core.$ZodIssueCustom): Words {
  const { problem, zh } = (issue.params ?? {}) as { problem?: unknown; zh?: unknown };
  return {
    problem: typeof problem === 'string' ? problem : 'value',
    message: issue.message,
    ...(typeof zh === 'string' && { zh }),
  };
}

/** What texts have to look like that are checked by an expression, which brings words of one language only. */
const formsInChinese: Readonly<Record<string, string>> = {
  'must be in lower case': '必须是小写',
  'must be an input such as origin, user, ip, header:x-tier, query:page, tag:zone, args[0].userId, stat.qps':
    '应为脚本输入，例如 origin、user、ip、header:x-tier、query:page、tag:zone、args[0].userId、stat.qps',
  'must be a SHA-256 in lower-case hex': '应为小写十六进制的 SHA-256',
  'must be an id: 1-64 of A-Z a-z 0-9 . _ : -': '应为标识：1-64 个 A-Z a-z 0-9 . _ : -',
  'must be 1-64 of A-Z a-z 0-9 . _ @ -': '应为 1-64 个 A-Z a-z 0-9 . _ @ -',
  'must be a whole number': '应为整数',
  'must be how a token begins, such as sla_3f5e': '应为令牌的开头，例如 sla_3f5e',
  'must be the first letters of an id: 6 to 36 of 0-9 a-f -': '应为标识的开头：6 到 36 个 0-9 a-f -',
};

function other(issue: z.core.$ZodIssue): Words {
  if (issue.code === 'invalid_format' && issue.format === 'datetime')
    return {
      problem: 'value',
      message: 'must be a moment in UTC such as 2026-01-31T12:00:00Z',
      zh: '必须是 UTC 时间，例如 2026-01-31T12:00:00Z',
    };
  return {
    problem: 'value',
    message: issue.message,
    zh: formsInChinese[issue.message] ?? `不合法：${issue.message}`,
  };
}
