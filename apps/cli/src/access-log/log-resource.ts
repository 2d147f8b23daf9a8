import { usageError } from '../failure/cli-error.ts';

/** The resource that a request came through; undefined for one that fits no route. */
export type LogResource = (method: string, path: string) => string | undefined;

const route = /^(?:[A-Z]+ )?\/\S*$/;
/** Paths whose route is remembered. */
const mostRemembered = 10_000;

/**
 * How requests are named. `request`: `GET /books/7`; `path`: `/books/7`; else by route patterns such as
 * `GET /books/:id` or `/files/*`, the first that fits, and by the name that is written there.
 */
export function logResource(from: readonly string[]): LogResource {
  const [only] = from;
  if (only === undefined || (from.length === 1 && only === 'request'))
    return (method, path) => `${method} ${path}`;
  if (from.length === 1 && only === 'path') return (_, path) => path;
  const routes = from.map(compiled);
  const remembered = new Map<string, string | undefined>();
  return (method, path) => {
    const request = `${method} ${path}`;
    if (remembered.has(request)) return remembered.get(request);
    const found = routes.find((r) => (r.method === undefined || r.method === method) && r.fits.test(path));
    if (remembered.size < mostRemembered) remembered.set(request, found?.name);
    return found?.name;
  };
}

function compiled(name: string): { name: string; method: string | undefined; fits: RegExp } {
  if (!route.test(name)) throw notARoute(name);
  const space = name.indexOf(' ');
  const segments = name
    .slice(space + 1)
    .split('/')
    .slice(1);
  const parts = segments.map((segment, index) => {
    if (segment.startsWith(':') && segment.length > 1) return '/[^/]+';
    if (!segment.includes('*')) return `/${segment.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
    if (segment.startsWith('*') && index === segments.length - 1) return '(?:/.*)?';
    throw notARoute(name);
  });
  const pattern = name.endsWith('/') ? parts.slice(0, -1) : parts;
  return {
    name,
    method: space < 0 ? undefined : name.slice(0, space),
    fits: new RegExp(`^${pattern.join('')}/?$`, 's'),
  };
}

function notARoute(text: string) {
  return usageError(
    { en: '--resource-from cannot be "{text}".', zh: '--resource-from 不能是“{text}”。' },
    {
      en: 'Give request, path, or routes with commas between them: GET /books/:id,/files/*',
      zh: '请给出 request、path，或以逗号分隔的路由：GET /books/:id,/files/*',
    },
    { text },
  );
}
