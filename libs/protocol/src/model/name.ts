import { isName } from '@sluice/core';
import { z } from 'zod';
import { record } from './record.ts';
import { text } from './text.ts';

/** 1-128 of `[A-Za-z0-9._-]`, not only dots, and none of the names that JavaScript treats specially. */
export const name = z
  .string()
  .refine(isName, {
    message: 'must be a name: 1-128 of A-Z a-z 0-9 . _ -',
    params: { problem: 'name', zh: '必须是合法名称：1-128 个 A-Z a-z 0-9 . _ -' },
  })
  .meta({ description: '1-128 of A-Z a-z 0-9 . _ -' });

/** What an instance calls itself; a name, or what a platform gave it. `.` and `..` would change the paths of URLs. */
export const instanceId = text(128)
  .min(1)
  .refine((value) => value !== '.' && value !== '..', {
    message: 'must not be "." or ".."',
    params: { problem: 'name', zh: '不能是“.”或“..”' },
  });

export const labels = record(name, text(256)).refine((all) => Object.keys(all).length <= 64, {
  message: 'must have at most 64 labels',
  params: { problem: 'range', zh: '最多 64 个标签' },
});

/** SHA-256 in lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

/** Growing number per environment; 0 is before the first change. */
export const revision = z.int().min(0);

/** A moment as people read it, ISO 8601 in UTC. A label only: nothing is ordered by it. */
export const moment = z.iso.datetime();

/** An id that the server gave. */
export const id = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be an id: 1-64 of A-Z a-z 0-9 . _ : -');
