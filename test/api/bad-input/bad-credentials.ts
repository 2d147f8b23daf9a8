import type { OutgoingHttpHeaders } from 'node:http';
import type { Contract } from '@sluice/protocol';
import type { BadCase } from './bad-case.ts';
import type { World } from './world.ts';

const jwt = (header: object): string =>
  `${[header, { sub: 'admin', role: 'admin', exp: 9_999_999_999 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')}.`;

/** Credentials that are none. */
const strangers = (world: World): readonly (readonly [what: string, headers: OutgoingHttpHeaders])[] => {
  const [prefix, id] = world.adminToken.split('_');
  const cookie = String(world.server.admin.headers.cookie);
  return [
    ['B44 nothing', {}],
    ['B45 another secret', { authorization: `Bearer ${prefix}_${id}_${'A'.repeat(43)}` }],
    ['B45 an unknown id', { authorization: `Bearer ${prefix}_${'0'.repeat(16)}_${'A'.repeat(43)}` }],
    ['B45 half a token', { authorization: `Bearer ${world.adminToken.slice(0, 30)}` }],
    ['B45 an admin token said to be a client one', { authorization: `Bearer slc_${id}_${'A'.repeat(43)}` }],
    ['B47 alg none', { authorization: `Bearer ${jwt({ alg: 'none' })}` }],
    ['B46 one that begins later', { authorization: `Bearer ${jwt({ alg: 'EdDSA', nbf: 9_999_999_999 })}` }],
    ['B47 kid of a file', { authorization: `Bearer ${jwt({ alg: 'HS256', kid: '../../dev/null' })}` }],
    ['B47 a token of 8 KB', { authorization: `Bearer ${'a'.repeat(8000)}` }],
    ['B47 Basic', { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ['B47 an empty header', { authorization: '' }],
    ['B47 no scheme', { authorization: world.adminToken }],
    ['B50 a trusted agent', { 'user-agent': 'Nacos-Server' }],
    ['B50 said to be from here', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }],
    ['B50 said to go elsewhere', { 'x-original-url': '/healthz', 'x-rewrite-url': '/healthz' }],
    ['B50 said to be somebody', { 'x-user': 'admin', 'x-forwarded-user': 'admin', 'x-role': 'admin' }],
    ['B50 said to be another method', { 'x-http-method-override': 'GET' }],
    ['B54 a made-up session', { cookie: `sluice_session=${'A'.repeat(43)}` }],
    ['B54 two sessions', { cookie: `${cookie}; sluice_session=${'B'.repeat(43)}` }],
    ['B54 odd cookies', { cookie: `sluice_session; =; ;;sluice_session=%00; __proto__=${'A'.repeat(43)}` }],
    ['B54 a cookie of 8 KB', { cookie: `sluice_session=${'A'.repeat(8000)}` }],
    ['B14 a token by a special name', { authorization: 'Bearer __proto__' }],
  ];
};

/** Requests of strangers: whatever they send with it, it is nobody who asks. */
export function badCredentialCases(world: World, contract: Contract): BadCase[] {
  if (contract.access === 'public') return [];
  const { method, path, headers, body } = world.sound(contract);
  const { authorization: _, ...rest } = headers;
  const one = (what: string, more: OutgoingHttpHeaders, statuses: readonly number[]): BadCase => ({
    what,
    request: { method, path, headers: { ...rest, ...more }, ...(body !== undefined && { body }) },
    statuses,
  });
  const token = contract.access === 'client' ? world.adminToken : world.clientToken;
  return [
    ...strangers(world).map(([what, more]) => one(what, more, [401])),
    // An application's token sees none of the doors for people; a person's opens none of an application's.
    one(
      'B48 a token of another kind',
      { authorization: `Bearer ${token}` },
      contract.access === 'client' ? [401] : [404],
    ),
  ];
}

/** What another site could have made the browser of a signed-in person send. */
export function crossSiteCases(world: World, contract: Contract): BadCase[] {
  if (contract.method === 'GET' || contract.access === 'client') return [];
  const { method, path, body } = world.sound(contract);
  const own = {
    cookie: String(world.server.admin.headers.cookie),
    'x-sluice': '1',
    'sec-fetch-site': 'same-origin',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const { 'x-sluice': _, ...unmarked } = own;
  const { 'sec-fetch-site': __, ...oldBrowser } = own;
  const { host } = new URL(world.server.url);
  const one = (what: string, headers: OutgoingHttpHeaders, statuses: readonly number[] = [403]): BadCase => ({
    what: `B53 ${what}`,
    request: { method, path, headers, ...(body !== undefined && { body }) },
    statuses,
  });
  return [
    one('without our header', unmarked),
    one('from another site', { ...own, 'sec-fetch-site': 'cross-site' }),
    one('from a neighbour', { ...own, 'sec-fetch-site': 'same-site' }),
    one('typed into the address bar', { ...own, 'sec-fetch-site': 'none' }),
    one('from nowhere', oldBrowser),
    one('from a null origin', { ...oldBrowser, origin: 'null' }),
    one('from another origin', { ...oldBrowser, origin: 'http://evil.example' }),
    one('from a sub-domain', { ...oldBrowser, origin: `http://x.${host}` }),
    one('from another port', { ...oldBrowser, origin: 'http://127.0.0.1:1' }),
    one('from an origin that begins alike', { ...oldBrowser, origin: `http://${host}.evil.example` }),
    one('from an origin with a name in it', { ...oldBrowser, origin: `http://${host}@evil.example` }),
    one('as a form', { ...unmarked, 'content-type': 'application/x-www-form-urlencoded' }, [403, 415]),
    one('as text', { ...unmarked, 'content-type': 'text/plain' }, [403, 415]),
  ];
}

/** Bases and keys that are none. */
export function badHeaderCases(world: World, contract: Contract): BadCase[] {
  const { method, path, headers, body } = world.sound(contract);
  const one = (what: string, more: OutgoingHttpHeaders, statuses: readonly number[]): BadCase => ({
    what,
    request: { method, path, headers: { ...headers, ...more }, ...(body !== undefined && { body }) },
    statuses,
  });
  const { 'if-match': __, ...baseless } = headers;
  const bases = [
    '',
    '*',
    '1',
    '"x"',
    '"-1"',
    '"1e3"',
    '"1","2"',
    `"${'9'.repeat(17)}"`,
    '"1.1.1"',
    "'1'",
    '"1',
  ];
  const moved = ['"0"', '"9999999999999999"', 'W/"2"', '"0.999999999"'];
  return [
    ...(contract.ifMatch === 'required'
      ? [
          {
            ...one('no If-Match', {}, [428]),
            request: { method, path, headers: baseless, ...(body !== undefined && { body }) },
          },
          ...bases.map((base) => one(`If-Match ${base}`, { 'if-match': base }, [400, 428])),
          ...moved.map((base) => one(`If-Match ${base}`, { 'if-match': base }, [412])),
        ]
      : []),
    ...(contract.idempotent
      ? ['', 'a b', 'ä', 'a'.repeat(129), 'a\tb'].map((key) =>
          one(`Idempotency-Key ${key.slice(0, 9)}`, { 'idempotency-key': key }, [400]),
        )
      : []),
  ];
}
