import type { ErrorText, Fault } from '@sluice/core';
import type { z } from 'zod';
import { wordsOf } from './fault-words.ts';

type Issue = z.core.$ZodIssue;

/**
 * Everything that a check found, one entry a place, in the words that errors use. At most 100. Parse with
 * `reportInput: true`, and a fixed value that is absent is called absent too.
 */
export function faultsOf(error: { readonly issues: readonly Issue[] }): Fault[] {
  return error.issues.flatMap(flatten).slice(0, 100);
}

/** The first of them as the `first` of an `invalid` error: the place and what is wrong with it. */
export function firstFault(faults: readonly Fault[]): ErrorText {
  const fault = faults[0] ?? { path: '', message: 'unknown fault', zh: '未知错误' };
  return {
    en: `${fault.path} ${fault.message}`.trim(),
    zh: `${fault.path} ${fault.zh ?? fault.message}`.trim(),
  };
}

function flatten(issue: Issue): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        problem: 'unknown',
        message: 'is not a field here',
        zh: '不是这里的字段',
      }));
    case 'invalid_key': {
      const [about] = issue.issues;
      return about ? flatten({ ...about, path: issue.path }) : [];
    }
    case 'invalid_union':
      return issue.errors.length > 0 ? closestBranch(issue) : [faultOf(issue)];
    default:
      return [faultOf(issue)];
  }
}

/** Of the forms that an input may take, the one that it comes closest to speaks. */
function closestBranch(issue: z.core.$ZodIssueInvalidUnion): Fault[] {
  const branches = issue.errors.map((issues) =>
    issues.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  // Nothing is there at all: every form misses the same place, or each misses the field that makes it what it is.
  const missing = branches.map((faults) =>
    faults.length === 1 && faults[0]!.problem === 'required' ? faults[0]! : undefined,
  );
  const places = missing.map((fault) => fault?.path);
  if (places.every((place) => place !== undefined)) {
    if (new Set(places).size === 1) return [missing[0]!];
    const fields = places.map((place) => place.split('.').at(-1)!);
    return [
      {
        path: pathText(issue.path),
        problem: 'required',
        message: `needs one of ${fields.join(', ')}`,
        zh: `需要以下之一：${fields.join('、')}`,
      },
    ];
  }
  const level = issue.path.length + 1;
  return branches.reduce((best, branch) => (distance(branch, level) < distance(best, level) ? branch : best));
}

/**
 * Fields that a form doesn't know or misses say that another form was meant; a wrong value in its place doesn't, and
 * neither does what is unknown or missing further inside.
 */
function distance(faults: readonly Fault[], level: number): number {
  return faults.reduce((sum, fault) => sum + costOf(fault, level), 0);
}

/** A key that is taken away has nothing but its mark: without that, nobody meant one. */
function costOf({ path, problem }: Fault, level: number): number {
  if (problem === 'required' && /(^|\.)removed$/.test(path)) return 1000;
  const isOwn = path.split('.').length <= level;
  return isOwn && (problem === 'unknown' || problem === 'required') ? 100 : 1;
}

function faultOf(issue: Issue): Fault {
  return { path: pathText(issue.path), ...wordsOf(issue) };
}

const pathText = (path: readonly PropertyKey[]): string => path.map(String).join('.');
