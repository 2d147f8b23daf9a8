import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  allContracts,
  buildRequest,
  type Contract,
  type Contracts,
  contracts,
  type Grant,
  type Role,
  roles,
} from '@sluice/protocol';
import type { z } from 'zod';
import { HttpCaller } from '../support/http-caller.ts';
import { World } from './bad-input/world.ts';
import { accessTable } from './permissions/access-table.ts';
import { type Expected, expectedAnswer, type Place, type Somebody } from './permissions/expected-answer.ts';

type Caller = Somebody & { readonly http: HttpCaller };

/** Where a role is granted. What is asked for lies in prod and orders, or elsewhere. */
const scopes = [
  { environment: 'prod', app: 'orders' },
  { environment: 'prod', app: '*' },
  { environment: '*', app: 'orders' },
  { environment: '*', app: '*' },
] as const;
const environments = ['prod', 'staging', 'nowhere'];
const apps = ['orders', 'other', 'nothing'];
const password = 'a long enough secret';

/** Fields of the query that name a place are looked at as the path is. */
const queryFields = (contract: Contract): string[] => Object.keys((contract.query as z.ZodObject).shape);
const takesPlace = (contract: Contract, part: 'environment' | 'app'): 'path' | 'query' | undefined => {
  if (contract.path.includes(part === 'environment' ? '/:env' : '/:app')) return 'path';
  return queryFields(contract).includes(part) ? 'query' : undefined;
};

function placesOf(contract: Contract): Place[] {
  const ofEnvironment = takesPlace(contract, 'environment') ? environments : [undefined];
  const ofApp = takesPlace(contract, 'app') ? apps : [undefined];
  return ofEnvironment.flatMap((environment) =>
    ofApp.map((app) => ({ ...(environment && { environment }), ...(app && { app }) })),
  );
}

describe('the matrix of permissions', () => {
  let world: World;
  const callers: Caller[] = [];
  let asked = 0;

  const withToken = async (role: Role, scope: (typeof scopes)[number]): Promise<Caller> => {
    const { secret } = await world.server.admin.call(contracts.createToken, {
      body: { kind: 'api', name: `${role} of ${scope.environment}/${scope.app}`, role, ...scope },
    });
    const name = `${role} of ${scope.environment}/${scope.app}`;
    return { name, kind: 'person', grants: [{ role, ...scope }], http: world.server.bearer(secret) };
  };
  const withGrants = async (name: string, grants: Grant[]): Promise<Caller> => {
    await world.server.admin.call(contracts.createUser, { body: { name, password, grants } });
    return { name, kind: 'person', grants, http: await world.server.signIn(name, password) };
  };

  beforeAll(async () => {
    world = await World.begin();
    for (const role of roles) for (const scope of scopes) callers.push(await withToken(role, scope));
    callers.push(
      await withGrants('nobody', []),
      await withGrants('two-hats', [
        { role: 'viewer', environment: 'prod', app: 'orders' },
        { role: 'publisher', environment: 'staging', app: 'other' },
      ]),
      { name: 'a stranger', kind: 'stranger', grants: [], http: new HttpCaller(world.server.url) },
      {
        name: 'an application',
        kind: 'application',
        grants: [],
        http: world.server.bearer(world.clientToken),
      },
    );
  });
  afterAll(() => world?.end());

  /** A request for this place that ends at the checks behind the door, so that passing it changes nothing. */
  const knock = (contract: Contract, place: Place) => {
    const sound = world.soundInput(contract);
    const env = place.environment;
    const params = { ...(sound.params as object), ...(env && { env }), ...(place.app && { app: place.app }) };
    const ofQuery = Object.fromEntries(
      (['environment', 'app'] as const)
        .filter((part) => takesPlace(contract, part) === 'query' && place[part] !== undefined)
        .map((part) => [part, place[part]]),
    );
    // What a read takes from its query it needs to look at the place; then an unknown field would hide the answer.
    const query =
      Object.keys(ofQuery).length > 0 ? ofQuery : contract.method === 'GET' ? { unknown: '1' } : {};
    const input = { params, query, ...(contract.method !== 'GET' && { body: { unknown: 1 } }) };
    return buildRequest(contract, input as never);
  };
  const passed = (contract: Contract, place: Place): readonly number[] => {
    if (contract.method !== 'GET') return [422];
    const isAsked = (['environment', 'app'] as const).some((part) => takesPlace(contract, part) === 'query');
    return isAsked
      ? place.environment === 'nowhere' || place.app === 'nothing'
        ? [200, 404]
        : [200]
      : [400];
  };
  const expected = (who: Somebody, contract: Contract, place: Place): Expected => {
    const ofPath: Place = {
      ...(takesPlace(contract, 'environment') === 'path' &&
        place.environment && { environment: place.environment }),
      ...(takesPlace(contract, 'app') === 'path' && place.app && { app: place.app }),
    };
    const atTheDoor = expectedAnswer(who, contract.access, ofPath);
    return atTheDoor === 'passes' ? expectedAnswer(who, contract.access, place) : atTheDoor;
  };

  it('says of every operation who may use it', () => {
    const said = Object.fromEntries(allContracts.map((contract) => [contract.id, contract.access]));
    expect(said).toEqual(accessTable);
  });

  it.each(allContracts.map((contract) => [contract.id, contract] as const))(
    'holds everybody everywhere: %s',
    async (_, contract) => {
      const before = await world.everything();
      const wrong: string[] = [];
      for (const place of placesOf(contract)) {
        const answers = await Promise.all(
          callers.map(async (who) => ({ who, answer: await who.http.send(knock(contract, place)) })),
        );
        for (const { who, answer } of answers) {
          asked++;
          const is = expected(who, contract, place);
          // Who signs in or sets up is asked whether he meant it before anything else.
          const isCrossSite = contract.access === 'public' && contract.method !== 'GET';
          const allowed = is === 'passes' ? (isCrossSite ? [403, 422] : passed(contract, place)) : [is];
          if (!allowed.includes(answer.status))
            wrong.push(`${who.name} at ${JSON.stringify(place)}: ${answer.status}, not ${allowed}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(await world.everything()).toBe(before);
    },
  );

  it('carries out what it lets pass: every read, by the least who may', async () => {
    const viewer = callers.find((who) => who.name === 'viewer of prod/orders')!;
    for (const contract of allContracts.filter((c) => c.method === 'GET' && c.access !== 'client')) {
      const who = expected(viewer, contract, { environment: 'prod', app: 'orders' }) === 'passes';
      if (!who) continue;
      const { status } = await viewer.http.send(buildRequest(contract, world.soundInput(contract)));
      expect([contract.id, status]).toEqual([contract.id, contract.status]);
    }
  });

  it('does not tell what is invisible from what does not exist', async () => {
    const viewer = callers.find((who) => who.name === 'viewer of prod/orders')!;
    const answerAt = async (contract: Contract, place: Place): Promise<unknown> => {
      const { status, body } = await viewer.http.send(knock(contract, place));
      return { status, ...(body as object), requestId: '' };
    };
    for (const contract of allContracts.filter((c) => c.path.includes('/:env/apps/:app'))) {
      const foreign = await answerAt(contract, { environment: 'staging', app: 'other' });
      expect(await answerAt(contract, { environment: 'nowhere', app: 'nothing' })).toEqual(foreign);
      expect(await answerAt(contract, { environment: 'prod', app: 'nothing' })).toEqual(
        await answerAt(contract, { environment: 'prod', app: 'other' }),
      );
    }
  });

  it('was asked about every operation', () => {
    const operations = Object.keys(accessTable) as (keyof Contracts)[];
    console.info(`${operations.length} operations, ${callers.length} callers, ${asked} answers`);
    expect(asked).toBeGreaterThan(operations.length * callers.length);
  });
});
