import { isName } from '@sluice/core';
import { z } from 'zod';

/** 1-128 of `[A-Za-z0-9._-]`, not only dots, and none of the names that JavaScript treats specially. */
export const name = z
  .string()
  .refine(isName, { message: 'must be 1-128 of A-Z a-z 0-9 . _ -', params: { problem: 'name' } })
  .meta({ description: '1-128 of A-Z a-z 0-9 . _ -' });

export const labels = z
  .record(name, z.string().max(256))
  .refine((all) => Object.keys(all).length <= 64, { message: 'at most 64 labels' });

/** SHA-256 in lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

/** Growing number per environment; 0 is before the first change. */
export const revision = z.int().min(0);

/** A moment as people read it, ISO 8601 in UTC. A label only: nothing is ordered by it. */
export const moment = z.iso.datetime();

export const id = z.string().min(1).max(64);
