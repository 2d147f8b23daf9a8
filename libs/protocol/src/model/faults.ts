import type { Fault } from '@sluice/core';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Everything that a check found, one entry a place, in the words that errors use. At most 100. */
export function faultsOf(error: { readonly issues: readonly Issue[] }): Fault[] {
  return error.issues.flatMap(flatten).slice(0, 100);
}

function flatten(issue: Issue): Fault[] {
  const path = issue.path.map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: path ? `${path}.${key}` : key,
        problem: 'unknown',
        message: 'is not a field here',
      }));
    case 'invalid_union': {
      // The closest branch speaks: the one with the fewest complaints.
      const branches = issue.errors.map((e) =>
        e.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] })),
      );
      const closest = branches.sort((a, b) => a.length - b.length)[0];
      return closest && closest.length > 0 ? closest : [{ path, problem: 'type', message: issue.message }];
    }
    case 'invalid_key':
      return [{ path, problem: 'name', message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_type':
      return [
        {
          path,
          problem: issue.input === undefined && /undefined/.test(issue.message) ? 'required' : 'type',
          message: issue.message,
        },
      ];
    case 'too_big':
    case 'too_small':
      return [{ path, problem: 'range', message: issue.message }];
    case 'custom':
      return [
        {
          path,
          problem: typeof issue.params?.problem === 'string' ? issue.params.problem : 'value',
          message: issue.message,
        },
      ];
    default:
      return [{ path, problem: 'value', message: issue.message }];
  }
}
