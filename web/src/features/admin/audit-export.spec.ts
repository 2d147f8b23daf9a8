import { expect, it } from '@jest/globals';
import type { AuditEntry } from '@sluice/protocol';
import { auditText } from './audit-export.ts';

const row: AuditEntry = {
  sequence: 1,
  at: '2026-01-01T00:00:00.000Z',
  actor: '=cmd|calc',
  actorId: 'u1',
  actorKind: 'user',
  remoteAddress: '127.0.0.1',
  via: 'console',
  action: 'token.create',
  target: 'a "quoted", one',
  detail: { kind: 'api' },
  previousHash: '',
  hash: 'ab',
};

it('is written as lines of JSON that say everything', () => {
  expect(
    auditText([row, row], 'JSONL')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([row, row]);
});

it('is written as CSV that no spreadsheet runs', () => {
  expect(auditText([row], 'CSV').split('\r\n')).toEqual([
    'sequence,at,actor,actorKind,actorId,remoteAddress,via,action,environment,app,target,revision,detail,previousHash,hash',
    `1,2026-01-01T00:00:00.000Z,'=cmd|calc,user,u1,127.0.0.1,console,token.create,,,"a ""quoted"", one",,"{""kind"":""api""}",,ab`,
    '',
  ]);
});
