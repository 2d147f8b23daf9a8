import { parse } from 'node:querystring';
import type { Contract } from '@sluice/protocol';
import type { z } from 'zod';
import type { BadCase } from './bad-case.ts';
import type { World } from './world.ts';

const surplus: readonly (readonly [row: string, query: string])[] = [
  ['B33', 'sort=name;DROP%20TABLE%20app'],
  ['B34', 'sort=(CASE%20WHEN%201=1%20THEN%201%20END)'],
  ['B35', 'order=ASC,(SELECT%201)'],
  ['B36', 'offset=-1'],
  ['B37', 'filter[name][$ne]='],
  ['B37', 'where[id]=1&where[id]=2'],
  ['B14', '__proto__=1'],
  ['B14', '__proto__[admin]=1'],
  ['B14', 'constructor=1'],
  ['B20', 'constructor[prototype][admin]=1'],
  ['B43', Array.from({ length: 1100 }, (_, i) => `a${i}=1`).join('&')],
  ['B43', `a=${'a'.repeat(8000)}`],
  ['B13', '%zz=%'],
  ['B13', '%ED%A0%80=1'],
  ['B7', '%00=1'],
];

const values: readonly (readonly [row: string, value: string])[] = [
  ['B36', '-1'],
  ['B36', '0'],
  ['B36', '1e9'],
  ['B36', '1000000000'],
  ['B36', 'NaN'],
  ['B36', '1e400'],
  ['B36', '0x10'],
  ['B22', '9007199254740991'],
  ['B22', '9007199254740993'],
  ['B22', '99999999999999999999'],
  ['B8', ''],
  ['B8', '%20'],
  ['B8', 'a'.repeat(5000)],
  ['B7', '%00'],
  ['B7', 'a%00b'],
  ['B11', '%E2%80%AE'],
  ['B13', '%ED%A0%80'],
  ['B13', '%zz'],
  ['B14', '__proto__'],
  ['B14', 'constructor'],
  ['B14', 'toString'],
  ['B38', '%25'.repeat(60)],
  ['B38', '%5C'],
  ['B39', "'"],
  ['B39', '%22'],
  ['B39', "'%20OR%20'1'='1"],
  ['B39', '/*'],
  ['B40', 'a%0d%0ab'],
  ['B41', '%1b[31m'],
  ['B42', '$%7Bjndi:x%7D'],
  ['B42', '{{7*7}}'],
];

/** Values that the contract takes although they are odd: a read of them finds something, nothing, or says no. */
const odd = [200, 403, 404] as const;

/** Queries with fields that nobody knows, and every known field with every odd value and twice. */
export function badQueryCases(world: World, contract: Contract): BadCase[] {
  const { method, path, headers, body } = world.sound(contract);
  const [address = '', sound = ''] = path.split('?');
  const one = (what: string, query: string, statuses: readonly number[]): BadCase => ({
    what,
    request: { method, path: `${address}?${query}`, headers, ...(body !== undefined && { body }) },
    statuses,
  });
  const fields = Object.keys((contract.query as z.ZodObject).shape);
  const known = new URLSearchParams(sound);
  const withValue = (field: string, raw: string): string => {
    const others = new URLSearchParams(known);
    others.delete(field);
    return `${others}&${field}=${raw}`;
  };
  const spoilt = fields.flatMap((field) => [
    ...values.map(([row, raw]) => ({ what: `${row} ${field}`, query: withValue(field, raw) })),
    { what: `B37 ${field} twice`, query: `${withValue(field, 'a')}&${field}=b` },
    { what: `B37 ${field} as a list`, query: `${known}&${field}[]=a` },
    { what: `B57 ${field} as an object`, query: `${known}&${field}[$ne]=a` },
  ]);
  return [
    ...surplus.map(([row, query]) => one(row, sound === '' ? query : `${sound}&${query}`, [400])),
    ...spoilt.flatMap(({ what, query }) => {
      const isTaken = contract.query.safeParse({ ...parse(query) }).success;
      if (!isTaken) return [one(what, query, [400])];
      return method === 'GET' ? [one(what, query, odd)] : [];
    }),
  ];
}
