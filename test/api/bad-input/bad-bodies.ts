import { gzipSync } from 'node:zlib';
import type { Contract } from '@sluice/protocol';
import type { BadCase } from './bad-case.ts';
import { placed, placesIn } from './places-in.ts';
import type { World } from './world.ts';

/** JSON as text, because half of these cannot be made by `JSON.stringify`. */
const wrongValues: readonly (readonly [row: string, text: string])[] = [
  ['B25', 'null'],
  ['B25', 'true'],
  ['B25', '"5"'],
  ['B25', '5'],
  ['B25', '[]'],
  ['B25', '["a"]'],
  ['B25', '{}'],
  ['B57', '{"$gt":""}'],
  ['B22', '1e400'],
  ['B22', '-1e400'],
  ['B22', '-0'],
  ['B22', '9007199254740993'],
  ['B22', '1.5'],
  ['B23', '-1'],
  ['B23', '0'],
  ['B23', '1e308'],
  ['B23', '1.0000001'],
  ['B26', '"9999-99-99"'],
  ['B8', '""'],
  ['B8', '" "'],
  ['B8', JSON.stringify('a'.repeat(10_000))],
  ['B7', '"a\\u0000b"'],
  ['B11', '"a\\u202eb"'],
  ['B12', '"pr\\u043ed"'],
  ['B13', '"\\ud800"'],
  ['B14', '"__proto__"'],
  ['B1', '"../../etc/passwd"'],
  ['B39', '"\' OR 1=1 --"'],
  ['B40', '"a\\r\\nSet-Cookie: b=c"'],
  ['B41', '"\\u001b[31m"'],
  ['B42', '"%{jndi:ldap://x}"'],
  ['B28', '{"toJSON":"x","$ref":"#"}'],
];

const surplusFields = [
  ['B27', '"isAdmin":true'],
  ['B27', '"ownerId":"x"'],
  ['B27', '"createdBy":"x"'],
  ['B27', '"revision":99'],
  ['B27', '"id":"x"'],
  ['B27', '"grant":"admin"'],
  ['B20', '"__proto__":{"admin":true}'],
  ['B21', '"constructor":{"prototype":{"admin":true}}'],
  ['B14', '"toString":"x"'],
  ['B14', '"hasOwnProperty":1'],
] as const;

/** Every field of a body with every wrong value, without it, and every object in it with every surplus field. */
function* spoilt(body: unknown): Generator<{ what: string; text: string }> {
  for (const { path, value } of placesIn(body)) {
    const at = path.join('.') || 'the body';
    for (const [row, text] of wrongValues) yield { what: `${row} ${at}`, text: placed(body, path, text) };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const own = JSON.stringify(value).slice(1);
    const comma = own === '}' ? '' : ',';
    for (const [row, field] of surplusFields)
      yield { what: `${row} a surplus field in ${at}`, text: placed(body, path, `{${field}${comma}${own}`) };
    for (const key of Object.keys(value)) {
      const { [key]: _, ...without } = value as Record<string, unknown>;
      yield { what: `B25 ${at} without ${key}`, text: placed(body, path, JSON.stringify(without)) };
    }
  }
}

/** Bodies whose fields are wrong: what the contract itself takes is no bad input and is left out. */
export function badFieldCases(world: World, contract: Contract): BadCase[] {
  const { method, path, headers, body } = world.sound(contract);
  if (body === undefined) return [];
  return [...spoilt(JSON.parse(body))]
    .filter(({ text }) => !contract.body.safeParse(JSON.parse(text)).success)
    .map(({ what, text }) => ({ what, request: { method, path, headers, body: text }, statuses: [422] }));
}

/** Every key of a body a second time, as nothing: one parser reads it once, and what it takes is what is checked. */
const twice = (body: string): string => {
  const keys = Object.keys(JSON.parse(body) as object);
  return `${body.slice(0, -1)}${keys.map((key) => `,${JSON.stringify(key)}:{"not":"this"}`).join('')}}`;
};

/** Made once, for they are sent to every operation. */
const large = {
  arrays: '['.repeat(100_000) + ']'.repeat(100_000),
  objects: `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  open: '['.repeat(100_000),
  elements: `[${'0,'.repeat(499_999)}0]`,
  keys: `{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":0`).join(',')}}`,
  text: JSON.stringify('a'.repeat(1024 * 1024)),
  zipped: gzipSync(Buffer.alloc(1024 * 1024, 0x20)),
};

/** Bodies that are no JSON, too deep, too large, or not said to be JSON. */
export function badTextCases(world: World, contract: Contract): BadCase[] {
  const { method, path, headers, body = '{"a":1}' } = world.sound(contract);
  if (method === 'GET') return [];
  const json = { ...headers, 'content-type': 'application/json' };
  const bad = (
    what: string,
    text: string | Buffer,
    statuses: readonly number[],
    more: Record<string, string> = {},
  ): BadCase => ({
    what,
    request: { method, path, headers: { ...json, ...more }, body: text },
    // Of somebody whom nobody knows yet no more than a few KiB are read.
    statuses: contract.access === 'public' ? [...statuses, 413] : statuses,
  });
  const typed = (type: string): BadCase => bad(`B30 ${type}`, body, [415], { 'content-type': type });
  const { 'content-type': _, ...untyped } = json;
  return [
    bad('B16 truncated', body.slice(0, -1), [400]),
    bad('B16 trailing comma', body.replace(/}$/, ',}'), [400]),
    bad('B16 single quotes', body.replaceAll('"', "'"), [400]),
    bad('B16 a mark and then nothing', '\uFEFF\uFEFF', [400]),
    bad('B16 UTF-16', Buffer.from(body, 'utf16le'), [400]),
    bad('B16 not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22]), [400]),
    bad('B19 the same key twice, of which the last one is done', twice(body), [422]),
    bad('B16 two values', `${body}${body}`, [400]),
    bad('B17 depth 100,000 of arrays', large.arrays, [422]),
    bad('B17 depth 50,000 of objects', large.objects, [422]),
    bad('B17 never closed', large.open, [400]),
    bad('B18 500,000 elements', large.elements, [422]),
    bad('B18 100,000 keys', large.keys, [422]),
    bad('B22 NaN', '{"a":NaN}', [400]),
    bad('B22 0x10', '{"a":0x10}', [400]),
    bad('B22 1_000', '{"a":1_000}', [400]),
    bad('B24 a string of 1 MiB', large.text, [413, 422]),
    typed('text/plain'),
    typed('application/json; charset=utf-7'),
    typed('application/json; charset=utf-16'),
    typed('application/x-www-form-urlencoded'),
    typed('multipart/form-data; boundary=x'),
    typed('application/jsonx'),
    typed('application/yaml'),
    { what: 'B30 none', request: { method, path, headers: untyped, body }, statuses: [415] },
    bad('B31 gzip', large.zipped, [415], { 'content-encoding': 'gzip' }),
    bad('B31 deflate', body, [415], { 'content-encoding': 'deflate' }),
    bad('B31 br', body, [415], { 'content-encoding': 'br, br' }),
  ];
}
