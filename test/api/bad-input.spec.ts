import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allContracts, contracts } from '@sluice/protocol';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { badFieldCases, badTextCases } from './bad-input/bad-bodies.ts';
import { type BadCase, refuseAll } from './bad-input/bad-case.ts';
import { badCredentialCases, badHeaderCases, crossSiteCases } from './bad-input/bad-credentials.ts';
import { badAddressCases, badNameCases, foreignPlaceCases } from './bad-input/bad-names.ts';
import { badQueryCases } from './bad-input/bad-queries.ts';
import { inEveryRequest } from './bad-input/coverage.ts';
import { World } from './bad-input/world.ts';

/**
 * What is wrong is found before a database is asked, but for little. So one of each row of the table is tried on each
 * operation, and of the others every sixth; on the second database every tenth, another one of each operation.
 * `SLUICE_LONG_TESTS=1` tries all of them on both.
 */
const someOf = {
  sqlite(cases: readonly BadCase[]): readonly BadCase[] {
    const rows = new Set<string>();
    return cases.filter(({ what }, index) => {
      const isFirst = !rows.has(rowOf(what));
      rows.add(rowOf(what));
      return isFirst || index % 6 === 0;
    });
  },
  postgres: (cases: readonly BadCase[], turn: number): readonly BadCase[] =>
    cases.filter((_, index) => index % 10 === turn % 10),
};

const rowOf = (what: string): string => /^B\d+/.exec(what)?.[0] ?? '';
const each = allContracts.map((contract) => [contract.id, contract] as const);
const shapeOf = (path: string): string => path.replace(/:\w+/g, ':');
const methodsOf = (path: string): string[] =>
  allContracts.filter((c) => shapeOf(c.path) === shapeOf(path)).map((c) => c.method);

describe.each(['sqlite', 'postgres'] as const)('bad input on %s', (dialect) => {
  let postgres: Postgres | undefined;
  let world: World;
  let count = 0;
  let turn = 0;
  /** All rows, as they were all the time. */
  let before: string | undefined;
  /** Rows of the table of bad inputs of which something was tried. */
  const rows = new Set<string>();
  beforeAll(async () => {
    if (dialect === 'postgres') postgres = await startPostgres();
    world = await World.begin(await postgres?.createDatabase());
  });
  afterAll(async () => {
    await world?.end();
    await postgres?.stop();
  });

  /** All of them are refused as the table says, none of them leaves a trace, and the server is well afterwards. */
  const refuse = async (all: readonly BadCase[]): Promise<void> => {
    const cases = process.env.SLUICE_LONG_TESTS ? all : someOf[dialect](all, turn++);
    before ??= await world.everything();
    await refuseAll(cases, (request) => world.raw.send(request));
    count += cases.length;
    for (const { what } of cases) rows.add(rowOf(what));
    expect(await world.everything()).toBe(before);
    expect((await world.server.anonymous.attempt(contracts.health)).status).toBe(200);
  };

  it.each(each)('is refused in names, addresses and methods of %s', (_, contract) =>
    refuse([
      ...badNameCases(world, contract),
      ...foreignPlaceCases(world, contract),
      ...badAddressCases(world, contract, methodsOf),
    ]),
  );
  it.each(each)('is refused in the fields of %s', (_, contract) => refuse(badFieldCases(world, contract)));
  it.each(each)('is refused as the body of %s', (_, contract) => refuse(badTextCases(world, contract)));
  it.each(each)('is refused in the query of %s', (_, contract) => refuse(badQueryCases(world, contract)));
  it.each(each)('is refused as a credential of %s', (_, contract) =>
    refuse([...badCredentialCases(world, contract), ...crossSiteCases(world, contract)]),
  );
  it.each(each)('is refused as a base or a key of %s', (_, contract) =>
    refuse(badHeaderCases(world, contract)),
  );

  it('was tried in thousands of ways', () => {
    console.info(`${dialect}: ${count} bad requests, none of them answered 500`);
    expect(count).toBeGreaterThan(2000);
    expect(inEveryRequest.filter((row) => !rows.has(row))).toEqual([]);
  });
});
