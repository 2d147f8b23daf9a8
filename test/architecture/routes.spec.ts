import { describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { treeOf } from './imports-of.ts';
import { isSpec, sourceFiles } from './project.ts';

interface Node {
  readonly type?: string;
  readonly decorators?: readonly { readonly expression: Node }[];
  readonly callee?: Node;
  readonly value?: string;
  readonly arguments?: readonly { readonly expression: Node }[];
  readonly object?: Node;
  readonly property?: Node;
  readonly key?: Node;
}

/** A decorated method of a controller: its decorators by name, with the name of what they were given. */
interface Route {
  readonly at: string;
  readonly decorators: ReadonlyMap<string, string>;
}

const controllers = sourceFiles.filter(
  (path) => /^apps\/server\/src\/.*\.controller\.ts$/.test(path) && !isSpec(path),
);
const httpMethods = ['Get', 'Post', 'Put', 'Patch', 'Delete', 'All', 'Head', 'Options', 'RequestMapping'];

function* methodsIn(tree: unknown, path: string): Generator<Route> {
  if (typeof tree !== 'object' || tree === null) return;
  const node = tree as Node & { function?: { decorators?: Node['decorators'] } };
  const found = node.type === 'ClassMethod' ? (node.function?.decorators ?? []) : [];
  if (found.length > 0)
    yield {
      at: `${path}#${node.key?.value}`,
      decorators: new Map(
        found.map(({ expression }) => {
          const given = expression.arguments?.[0]?.expression;
          return [expression.callee?.value ?? '', given?.property?.value ?? given?.value ?? ''];
        }),
      ),
    };
  for (const child of Object.values(tree)) yield* methodsIn(child, path);
}

const routes = controllers.flatMap((path) => [...methodsIn(treeOf(path), path)]);

describe('the routes of the server', () => {
  it('are found', () => {
    expect(routes.length).toBeGreaterThan(0);
  });

  it('are operations with a contract, or say why they are open to everybody', () => {
    const undeclared = routes.filter(
      ({ decorators }) =>
        httpMethods.some((method) => decorators.has(method)) &&
        !decorators.has('Operation') &&
        !decorators.get('OpenDoor'),
    );
    expect(undeclared.map((r) => r.at)).toEqual([]);
    const both = routes.filter(
      ({ decorators }) => decorators.has('Operation') && httpMethods.some((method) => decorators.has(method)),
    );
    expect(both.map((r) => r.at)).toEqual([]);
  });

  it('carry out every contract, each once', () => {
    const carried = routes.flatMap(({ decorators }) => decorators.get('Operation') ?? []);
    expect(carried.sort()).toEqual(Object.keys(contracts).sort());
  });
});
