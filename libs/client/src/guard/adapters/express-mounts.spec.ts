import { describe, expect, it } from '@jest/globals';
import { matchedPattern, registeredPattern } from './express-mounts.ts';
import type { Layer, Matcher } from './express-shapes.ts';

/** As the router of Express 5 before 2.3 makes them: nothing but functions is left of a pattern. */
function matcherOf(source: string, isSensitive = false): Matcher {
  const pattern = new RegExp(`^${source}(?=/|$)`, isSensitive ? '' : 'i');
  return (path) => {
    const found = pattern.exec(path);
    if (!found) return false;
    const params = Object.entries(found.groups ?? {}).map(([name, text]) => {
      const value = decodeURIComponent(text);
      return [name, name.startsWith('all') ? value.split('/') : value];
    });
    return { path: found[0], params: Object.fromEntries(params) };
  };
}
const layerOf = (path: string, ...matchers: Matcher[]): Layer => ({
  handle: () => undefined,
  path,
  matchers,
});

describe('the pattern of a mount of which only functions are left', () => {
  it('is the same whatever a request writes', () => {
    const api = matcherOf('/api/(?<version>[^/]+)/(?<a>[^/]+)-(?<b>[^/]+)');
    for (const path of ['/API/1/x-y', '/api/api/a-b', '/Api/%5f/1-2'])
      expect(matchedPattern(layerOf(path, api))).toBe('/api/:version/:b');
  });

  it('keeps the letters that matter', () => {
    const api = matcherOf('/API/(?<t>[^/]+)', true);
    expect(matchedPattern(layerOf('/API/1', api))).toBe('/API/:t');
  });

  it('is that of what has matched, where there are several', () => {
    const layer = (path: string) => layerOf(path, ...both);
    const both = [matcherOf('/one/(?<x>[^/]+)'), matcherOf('/two/(?<all>.+)')];
    expect(matchedPattern(layer('/two/a/b/c'))).toBe('/two/*all');
    expect(matchedPattern(layer('/TWO/d'))).toBe('/two/*all');
    expect(matchedPattern(layer('/one/two'))).toBe('/one/:x');
  });

  it('is not known before a request is in it', () => {
    const layer = layerOf('/a', matcherOf('/a'));
    expect(registeredPattern(layer)).toBeUndefined();
    expect(registeredPattern({ ...layer, slash: true })).toBe('');
  });
});
