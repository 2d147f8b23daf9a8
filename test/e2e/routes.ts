import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = readFileSync(join(import.meta.dirname, '../../web/src/app/router.tsx'), 'utf8');
const made =
  /const (\w+) = createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*(path|id): '([^']*)',([\s\S]*?)\n?\}\);/g;

interface Route {
  readonly parent: string;
  /** Absent: it has no part of the address. */
  readonly path: string | undefined;
  readonly isPage: boolean;
}

/** Every page of the console by the pattern of its address, as the router declares them. */
export function declaredPages(): string[] {
  const routes = new Map<string, Route>();
  for (const [, name, parent, by, path, rest] of source.matchAll(made))
    routes.set(name!, {
      parent: parent!,
      path: by === 'path' ? path! : undefined,
      isPage: !rest!.includes('beforeLoad'),
    });
  const count = source.match(/createRoute\(/g)?.length ?? 0;
  if (routes.size !== count) throw new Error(`${count} routes are made, ${routes.size} could be read`);
  const patternOf = (name: string): string => {
    const route = routes.get(name);
    if (!route) return '';
    const above = patternOf(route.parent);
    return route.path === undefined || route.path === '/' ? above : `${above}/${route.path}`;
  };
  const parents = new Set([...routes.values()].map(({ parent }) => parent));
  return [...routes]
    .filter(([name, { isPage }]) => isPage && !parents.has(name))
    .map(([name]) => patternOf(name) || '/')
    .sort();
}
