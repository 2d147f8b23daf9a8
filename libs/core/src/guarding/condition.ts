import type { CallInputs } from '../model/call.ts';
import type { Condition, Scalar, Subject, Test } from '../model/condition.ts';
import { globMatcher } from './glob.ts';
import { inputOf, type Place } from './input-of.ts';

/** Compiles a condition, once, into a question to a call. */
export function conditionOf(condition: Condition): (inputs: CallInputs) => boolean {
  if ('and' in condition) {
    const all = condition.and.map(conditionOf);
    return (inputs) => all.every((holds) => holds(inputs));
  }
  if ('or' in condition) {
    const any = condition.or.map(conditionOf);
    return (inputs) => any.some((holds) => holds(inputs));
  }
  if ('not' in condition) {
    const not = conditionOf(condition.not);
    return (inputs) => !not(inputs);
  }
  const read = inputOf(placeOf(condition));
  if (condition.op === 'exists') return (inputs) => (read(inputs) !== undefined) === condition.value;
  const passes = testOf(condition);
  return (inputs) => {
    const value = read(inputs);
    return value !== undefined && passes(value);
  };
}

function placeOf(subject: Subject): Place {
  switch (subject.on) {
    case 'origin':
      return { by: 'origin' };
    case 'argument':
      return {
        by: 'argument',
        index: subject.index,
        ...(subject.path !== undefined && { path: subject.path }),
      };
    default:
      return { by: subject.on, name: subject.name };
  }
}

/** Texts of headers and parameters know no types, so both sides are compared as they would be written. */
function testOf(test: Exclude<Test, { op: 'exists' }>): (value: Scalar) => boolean {
  switch (test.op) {
    case 'equals': {
      const wanted = String(test.value);
      return (value) => String(value) === wanted;
    }
    case 'in': {
      const wanted = new Set(test.values.map(String));
      return (value) => wanted.has(String(value));
    }
    case 'prefix':
      return (value) => String(value).startsWith(test.value);
    case 'glob': {
      const fits = globMatcher(test.value);
      return (value) => fits(String(value));
    }
    case 'atLeast':
      return (value) => numberOf(value) >= test.value;
    case 'atMost':
      return (value) => numberOf(value) <= test.value;
  }
}

/** NaN, which is neither more nor less than anything, for what is no number. */
function numberOf(value: Scalar): number {
  return typeof value === 'boolean' || (typeof value === 'string' && value.trim() === '')
    ? Number.NaN
    : Number(value);
}
