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
      return 'options' in issue ? oneOf(issue.options ?? [], false) : other(issue);
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
  const got = / received (.+)$/.exec(issue.message)?.[1];
  const article = expected === 'nothing' ? '' : /^[aeiou]/.test(expected) ? 'an ' : 'a ';
  return {
    problem: 'type',
    message: `must be ${article}${expected}${got ? `, got ${got}` : ''}`,
    zh: `应为 ${expected}${got ? `，实际是 ${got}` : ''}`,
  };
}

function oneOf(values: readonly unknown[], missing: boolean): Words {
  if (missing) return required;
  const list = values.map((value) => JSON.stringify(value));
  return {
    problem: 'value',
    message: list.length === 1 ? `must be ${list[0]}` : `must be one of ${list.join(', ')}`,
    zh: list.length === 1 ? `必须是 ${list[0]}` : `必须是以下之一：${list.join('、')}`,
  };
}

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

function other(issue: z.core.$ZodIssue): Words {
  if (issue.code === 'invalid_format' && issue.format === 'datetime')
    return {
      problem: 'value',
      message: 'must be a moment in UTC such as 2026-01-31T12:00:00Z',
      zh: '必须是 UTC 时间，例如 2026-01-31T12:00:00Z',
    };
  return { problem: 'value', message: issue.message, zh: `不合法：${issue.message}` };
}
