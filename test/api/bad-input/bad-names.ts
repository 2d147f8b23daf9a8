import type { Contract } from '@sluice/protocol';
import type { BadCase } from './bad-case.ts';
import type { World } from './world.ts';

/** Raw parts of a path: as the wire carries them, nothing is encoded after this. */
const badNames: readonly (readonly [row: string, raw: string])[] = [
  ['B1', '../../etc/passwd'],
  ['B1', '..%2F..%2Fetc%2Fpasswd'],
  ['B2', '..%2f..%2fetc'],
  ['B3', '..%252f..%252fetc'],
  ['B4', '..%5C..%5Cx'],
  ['B4', '..\\..\\x'],
  ['B5', '%2Fetc%2Fx'],
  ['B6', 'C:%5Cx'],
  ['B6', 'CON'],
  ['B6', 'aux.txt'],
  ['B7', 'a%00b'],
  ['B7', '%00'],
  ['B8', '%20'],
  ['B8', 'a'.repeat(1025)],
  ['B9', '.'],
  ['B9', '..'],
  ['B9', '...'],
  ['B9', 'a%20'],
  ['B9', 'a%2F'],
  ['B10', 'caf%C3%A9'],
  ['B10', 'cafe%CC%81'],
  ['B11', 'a%E2%80%AEb'],
  ['B11', 'a%E2%80%8Bb'],
  ['B11', '%EF%BB%BFa'],
  ['B12', 'pr%D0%BEd'],
  ['B13', '%ED%A0%80'],
  ['B13', '%C0%AF'],
  ['B13', '%'],
  ['B13', '%zz'],
  ['B14', '__proto__'],
  ['B14', 'constructor'],
  ['B14', 'prototype'],
  ['B14', 'toString'],
  ['B14', 'hasOwnProperty'],
  ['B14', 'valueOf'],
  ['B15', 'x;jsessionid=1'],
  ['B15', '%2e'],
  ['B15', '%2e%2e'],
  ['B33', 'name;DROP%20TABLE%20app'],
  ['B38', '%25'],
  ['B38', '*'],
  ['B39', "'%20OR%20'1'='1"],
  ['B39', '%22'],
  ['B39', 'x--'],
  ['B41', '%1b%5B31m'],
  ['B42', '$%7Bjndi:ldap:%2F%2Fx%7D'],
  ['B42', '%7B%7B7*7%7D%7D'],
];

const refused = [400, 404, 405, 422] as const;
/** Of a key that nobody has set, a read says just that. */
const unset = [200, ...refused] as const;

/** Every part of a path replaced by every bad name, one at a time; and each known name in another case. */
export function badNameCases(world: World, contract: Contract): BadCase[] {
  const params = (world.soundInput(contract).params ?? {}) as Record<string, string>;
  const { method, headers, body } = world.sound(contract);
  const request = (path: string) => ({ method, path, headers, ...(body !== undefined && { body }) });
  return Object.keys(params).flatMap((key) => {
    const twin = params[key]!.toUpperCase();
    const names = twin === params[key] ? badNames : [...badNames, ['B10', twin] as const];
    return names.map(([row, raw]) => ({
      what: `${row} :${key}`,
      request: request(
        contract.path.replace(/:(\w+)/g, (_, name: string) =>
          name === key ? raw : encodeURIComponent(params[name]!),
        ),
      ),
      statuses: key === 'key' && method === 'GET' ? unset : refused,
    }));
  });
}

/** What is only where it was made. */
const withinPlaces = [
  ...['push', 'ns', 'group', 'instance', 'decision', 'drill'],
  ...['alert', 'silence', 'webhook'],
];

/** What exists, asked for where it is not: an id is worth nothing without its place. */
export function foreignPlaceCases(world: World, contract: Contract): BadCase[] {
  const params = (world.soundInput(contract).params ?? {}) as Record<string, string>;
  const { method, path, headers, body } = world.sound(contract);
  const [, query = ''] = path.split('?');
  if (!withinPlaces.some((key) => params[key] !== undefined)) return [];
  const foreign: readonly Record<string, string>[] =
    params.app === undefined
      ? [{ env: 'staging' }]
      : [{ app: 'other' }, { env: 'staging' }, { env: 'staging', app: 'other' }];
  return foreign.map((place) => ({
    what: `B51 asked for in ${Object.values(place)}`,
    request: {
      method,
      path: `${contract.path.replace(/:(\w+)/g, (_, name: string) =>
        encodeURIComponent(String({ ...params, ...place }[name])),
      )}${query && `?${query}`}`,
      headers,
      ...(body !== undefined && { body }),
    },
    statuses: [404, 409, 412],
  }));
}

const otherSpellings: readonly (readonly [row: string, of: (path: string) => string])[] = [
  ['B9', (path) => path.replace('/', '//')],
  ['B15', (path) => `/.${path}`],
  ['B15', (path) => `/%2e${path}`],
  ['B15', (path) => `/x/..${path}`],
  ['B15', (path) => path.replace(/^\/(\w)/, (_, first: string) => `/%${first.charCodeAt(0).toString(16)}`)],
  ['B15', (path) => path.toUpperCase()],
  ['B15', (path) => `${path};jsessionid=1`],
  ['B15', (path) => `${path}/..;/`],
  ['B15', (path) => `${path}%2f`],
  ['B15', (path) => `${path}%00`],
  ['B15', (path) => `\\${path.slice(1)}`],
];

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK'];

/** The same operation under other spellings of its address, and its address with every other method. */
export function badAddressCases(
  world: World,
  contract: Contract,
  methodsOf: (path: string) => readonly string[],
): BadCase[] {
  const { method, path, headers, body } = world.sound(contract);
  const [address = '', query = ''] = path.split('?');
  const request = (other: string, by = method) => ({
    method: by,
    path: query === '' ? other : `${other}?${query}`,
    headers,
    ...(body !== undefined && { body }),
  });
  const known = methodsOf(contract.path);
  return [
    ...otherSpellings.map(([row, of]) => ({
      what: `${row} another spelling`,
      request: request(of(address)),
      statuses: refused,
    })),
    ...methods
      .filter((other) => !known.includes(other) && !(other === 'HEAD' && known.includes('GET')))
      .map((other) => ({
        what: 'B15 another method',
        request: { ...request(address, other), body: '' },
        statuses: [404, 405],
      })),
  ];
}
