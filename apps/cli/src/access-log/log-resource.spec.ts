import { describe, expect, it } from '@jest/globals';
import { logResource } from './log-resource.ts';

describe('the resource of a request', () => {
  it('is method and path, or the path alone', () => {
    expect(logResource([])('GET', '/a')).toBe('GET /a');
    expect(logResource(['request'])('GET', '/a')).toBe('GET /a');
    expect(logResource(['path'])('GET', '/a')).toBe('/a');
  });

  it('is the first route that fits, by the name that it was given', () => {
    const name = logResource(['GET /books/:id', '/books/top', '/files/*path', '/v1.0/x', '/', '/*']);
    expect(name('GET', '/books/7')).toBe('GET /books/:id');
    expect(name('GET', '/books/7/')).toBe('GET /books/:id');
    expect(name('GET', '/books/top')).toBe('GET /books/:id');
    expect(name('PUT', '/books/top')).toBe('/books/top');
    expect(name('GET', '/files')).toBe('/files/*path');
    expect(name('GET', '/files/a/b')).toBe('/files/*path');
    expect(name('GET', '/filesystem')).toBe('/*');
    expect(name('GET', '/v1.0/x')).toBe('/v1.0/x');
    expect(name('GET', '/v1x0/x')).toBe('/*');
    expect(name('GET', '/')).toBe('/');
    expect(logResource(['GET /a'])('GET', '/b')).toBeUndefined();
  });

  it.each(['books', 'get /a', '/a/*/b', '/a*b'])('refuses %j as a route', (route) => {
    expect(() => logResource([route])).toThrow(/cannot be/);
  });
});
