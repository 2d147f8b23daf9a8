import { describe, expect, it } from '@jest/globals';
import type { Grant, Role } from '@sluice/protocol';
import { isAdministrator, uncovered } from './grant-cover.ts';

const grant = (role: Role, environment = '*', app = '*'): Grant => ({ role, environment, app });

describe('uncovered', () => {
  it.each([
    ['everything covers everything', [grant('admin')], grant('admin'), undefined],
    ['a place covers itself', [grant('admin', 'prod')], grant('admin', 'prod'), undefined],
    ['a place covers a part of it', [grant('admin', 'prod')], grant('admin', 'prod', 'a'), undefined],
    [
      'two grants cover together',
      [grant('viewer'), grant('auditor', 'prod')],
      grant('auditor', 'prod'),
      undefined,
    ],
    [
      'a part does not cover the whole',
      [grant('admin', 'prod', 'a')],
      grant('viewer', 'prod'),
      'config:read',
    ],
    ['one place does not cover another', [grant('admin', 'prod')], grant('viewer', 'staging'), 'config:read'],
    [
      'no place covers every place',
      [grant('admin', 'prod'), grant('admin', 'staging')],
      grant('viewer'),
      'config:read',
    ],
    ['a lesser role does not cover a greater', [grant('editor')], grant('publisher'), 'config:publish'],
    ['nothing covers nothing but nothing', [], grant('viewer', 'prod', 'a'), 'config:read'],
  ])('%s', (_, mine, wanted, expected) => {
    expect(uncovered(mine, wanted)).toBe(expected);
  });
});

describe('isAdministrator', () => {
  it('takes the role on everything', () => {
    expect(isAdministrator([grant('viewer'), grant('admin')])).toBe(true);
    expect(isAdministrator([grant('admin', 'prod'), grant('admin', '*', 'a')])).toBe(false);
  });
});
