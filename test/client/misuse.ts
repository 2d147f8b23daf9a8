// Never run: the compiler must accept the first half and refuse each line of the second. See types.spec.ts.
import { createSluice, json, num, str } from '@sluice/client';

const sluice = createSluice({ server: 'http://127.0.0.1:7788', token: process.env.SLUICE_TOKEN });
const order = sluice.config('order', {
  timeoutMs: num(800),
  mode: str('a', { oneOf: ['a', 'b'] }),
  vip: json<string[]>([]),
});
const timeoutMs: number = order.timeoutMs;
const mode: 'a' | 'b' = order.mode;
const vip: readonly string[] = order.vip;
order.on('timeoutMs', (value, previous, meta) => void (value + previous + meta.revision));
const taken: { readonly timeoutMs: number } = sluice.snapshot().of(order);
const banner = sluice.document('banner');
const lines: readonly string[] | undefined = sluice.document<{ lines: string[] }>('lines').data?.lines;
banner.on('change', (now, before) => void [now.data, before.text]);
if (typeof banner.data === 'object' && banner.data !== null && 'title' in banner.data)
  console.log(banner.data.title);
const same = sluice.protect('same', <T>(value: T): T => value);
const seven: 7 = same(7 as const);
const find = sluice.protect('find', async (id: string): Promise<{ id: string }> => ({ id }), {
  fallback: (_, id) => ({ id }),
  inputs: (id) => ({ tags: { id } }),
});
const found: Promise<{ id: string }> = find('a');
console.log(timeoutMs, mode, vip, taken, lines, seven, found);

// @ts-expect-error: not a key
order.timeOutMs;
// @ts-expect-error: not a key
order.on('timeOutMs', () => undefined);
// @ts-expect-error: not a key
order.get('nothing');
// @ts-expect-error: a number is no string
order.timeoutMs satisfies string;
// @ts-expect-error: read only
order.timeoutMs = 5;
// @ts-expect-error: shared by all readers, so it can't be changed
order.vip.push('x');
// @ts-expect-error: one of a and b
order.mode === 'c';
// @ts-expect-error: not an option
createSluice({ server: '', tokn: '' });
// @ts-expect-error: the arguments stay what they are
find(1);
// @ts-expect-error: a fallback answers what the function answers
sluice.protect('find', (id: string): string => id, { fallback: () => 1 });
// @ts-expect-error: not a kind of resource
sluice.entry('find', { type: 'http' });
