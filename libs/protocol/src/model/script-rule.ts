import { limits } from '@sluice/core';
import { z } from 'zod';
import { base } from './rule-parts.ts';
import { text } from './text.ts';

/** Bytes in UTF-8. The text is well formed, so a surrogate is half of a pair of four bytes. */
function sizeBytes(source: string): number {
  let bytes = 0;
  for (let i = 0; i < source.length; i++) {
    const unit = source.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

const maxKiB = limits.scriptBytes / 1024;
/** What a script says; nothing is said of whether it runs. */
export const scriptSource = text(limits.scriptBytes)
  .min(1)
  .refine((value) => sizeBytes(value) <= limits.scriptBytes, {
    message: `must have at most ${maxKiB} KiB`,
    params: { problem: 'range', zh: `最多 ${maxKiB} KiB` },
  });

/** What a script may ask for of a call, or of its resource. */
export const scriptInput = z
  .string()
  .max(256)
  .regex(
    /^(origin|user|ip|(header:[^A-Z]|(query|tag):.).*|args\[\d{1,3}\](\.[\w$]+)*|stat\.[A-Za-z]+)$/,
    'must be an input such as origin, user, ip, header:x-tier, query:page, tag:zone, args[0].userId, stat.qps',
  );

export const scriptInputs = z.array(scriptInput).max(32);
export const scriptTimeoutMs = z.int().min(1).max(1000);

const script = {
  ...base,
  kind: z.literal('script'),
  source: scriptSource,
  inputs: scriptInputs.optional(),
  timeoutMs: scriptTimeoutMs.optional(),
  onError: z.enum(['pass', 'block', 'lastGood']).optional(),
};

export const scriptRule = z.discriminatedUnion('role', [
  z.strictObject({
    ...script,
    role: z.literal('decide'),
    cacheMs: z.int().min(0).max(3_600_000).optional(),
  }),
  z.strictObject({ ...script, role: z.literal('policy'), everyMs: z.int().min(100).max(3_600_000) }),
  z.strictObject({ ...script, role: z.literal('fallback') }),
]);
