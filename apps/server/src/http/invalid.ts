import { type ErrorText, type Fault, SluiceError } from '@sluice/core';
import { firstFault } from '@sluice/protocol';

/** What is wrong with an input, place by place; at least one. */
export const invalid = (faults: readonly Fault[]): SluiceError =>
  new SluiceError('invalid', { first: firstFault(faults) }, { details: { faults } });

/** A field that is wrong, in words of both languages. */
export const invalidField = (path: string, { en, zh }: ErrorText, problem = 'value'): SluiceError =>
  invalid([{ path, problem, message: en, zh }]);
