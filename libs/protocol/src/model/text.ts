import { z } from 'zod';

/** Words of people, or a label: whatever both databases can store, so no NUL and no half of a surrogate pair. */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), {
      message: 'must not contain NUL or half of a surrogate pair',
      params: { problem: 'value', zh: '不能包含 NUL 或不成对的代理字符' },
    });

/** Words of a program, such as the message of an error that it caught: taken as they come, repaired and cut. */
export const reportedText = (maxLength: number) =>
  z.string().overwrite((value) => value.slice(0, maxLength).toWellFormed().replaceAll('\0', '\uFFFD'));
