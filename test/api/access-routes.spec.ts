import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { allContracts, buildRequest, type Contract } from '@sluice/protocol';
import { OPEN_DOOR } from '../../apps/server/src/http/open-door.decorator.ts';
import { OPERATION } from '../../apps/server/src/http/operation.decorator.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';

/** Nest's own mark of a method that is a route. */
const route = 'path';

describe('the routes of the server', () => {
  let app: BootedApp;
  let handlers: { name: string; handler: object }[];
  beforeAll(async () => {
    app = await bootApp();
    const scanner = new MetadataScanner();
    handlers = [...app.app.get(ModulesContainer).values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap(({ metatype }) => {
        const prototype = (metatype as { prototype: Record<string, object> }).prototype;
        return scanner
          .getAllMethodNames(prototype)
          .map((method) => ({ name: `${metatype!.name}.${method}`, handler: prototype[method]! }));
      })
      .filter(({ handler }) => Reflect.hasMetadata(route, handler));
  });
  afterAll(() => app.close());

  it('each say who may use them', () => {
    const open = handlers.filter(({ handler }) => Reflect.hasMetadata(OPEN_DOOR, handler));
    const silent = handlers.filter((h) => !open.includes(h) && !Reflect.hasMetadata(OPERATION, h.handler));
    expect(silent.map(({ name }) => name)).toEqual([]);
    expect(open.map(({ name }) => name).sort()).toEqual([
      'ApiDocsController.docs',
      'ApiDocsController.document',
      'ApiDocsController.start',
    ]);
  });

  it('carry out every contract, once', () => {
    const carried = handlers
      .map(({ handler }) => Reflect.getMetadata(OPERATION, handler) as Contract | undefined)
      .flatMap((contract) => (contract ? [contract.id] : []));
    expect(carried.sort()).toEqual(allContracts.map(({ id }) => id).sort());
  });

  it.each(allContracts.filter(({ access }) => access !== 'public').map((c) => [c.id, c] as const))(
    'refuse a stranger: %s',
    async (_, contract) => {
      const names = [...contract.path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
      const request = buildRequest(contract, {
        params: Object.fromEntries(names.map((name) => [name, '1'])) as never,
      });
      const { status, body } = await app.anonymous.send(request);
      expect({ status, body }).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    },
  );
});
