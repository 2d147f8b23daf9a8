import { type Json, jsonProblem, limits } from '@sluice/core';
import { z } from 'zod';

/** Any JSON value, at most 32 deep. What JSON cannot say (NaN, `1e400`, a date) is refused, never turned into null. */
export const json: z.ZodType<Json> = z
  .unknown()
  .check((context) => {
    const problem = jsonProblem(context.value, limits.jsonDepth);
    if (problem === undefined) return;
    context.issues.push({
      code: 'custom',
      input: context.value,
      message:
        problem === 'depth'
          ? `must be at most ${limits.jsonDepth} deep`
          : 'must be JSON: finite numbers, no dates',
      params: {
        problem,
        zh: problem === 'depth' ? `嵌套最多 ${limits.jsonDepth} 层` : '必须是 JSON：数字须有限，不能是日期',
      },
    });
  })
  .meta({ description: 'any JSON value' }) as unknown as z.ZodType<Json>;
