import { z } from 'zod';

/** How long ago something was, in milliseconds. Of what a process can tell nothing is older; and it is always a date. */
export const agoMs = z.number().min(0).max(1e12);
