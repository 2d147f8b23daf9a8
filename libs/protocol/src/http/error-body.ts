import { z } from 'zod';

/** What every refused request is answered with. */
export const errorBody = z.object({
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  help: z.string(),
});
export type ErrorBody = z.infer<typeof errorBody>;
