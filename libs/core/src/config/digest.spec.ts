import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MapContent } from '../model/content.ts';
import { contentDigest, rootDigest } from './digest.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hexDigest = fc.stringMatching(/^[0-9a-f]{64}$/);
const names = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/), digest: hexDigest }),
  { selector: (n) => n.name, maxLength: 12 },
);

describe('contentDigest', () => {
  it('is the SHA-256 of the UTF-8 bytes of the canonical text', () => {
    const content: MapContent = { kind: 'map', items: { größe: { value: 5, type: 'number' } } };
    expect(contentDigest(content, sha256)).toBe(
      sha256('{"items":{"größe":{"type":"number","value":5}},"kind":"map"}'),
    );
  });

  it('is the same for the same items in another order, and another one for another value', () => {
    const item = { type: 'number', value: 1 } as const;
    const ab: MapContent = { kind: 'map', items: { a: item, b: item } };
    const ba: MapContent = { kind: 'map', items: { b: item, a: item } };
    expect(contentDigest(ab, sha256)).toBe(contentDigest(ba, sha256));
    expect(contentDigest(ab, sha256)).not.toBe(
      contentDigest({ kind: 'map', items: { a: item, b: { type: 'number', value: 2 } } }, sha256),
    );
  });

  it('tells kinds apart that hold nothing', () => {
    const digests = [
      contentDigest({ kind: 'map', items: {} }, sha256),
      contentDigest({ kind: 'rules', items: {} }, sha256),
      contentDigest({ kind: 'document', format: 'text', text: '' }, sha256),
      contentDigest({ kind: 'document', format: 'json', text: '' }, sha256),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  it('sees every byte of a document', () => {
    const of = (text: string): string => contentDigest({ kind: 'document', format: 'text', text }, sha256);
    expect(new Set(['a', 'a\n', 'a\r\n', 'a ', '\uFEFFa', 'a\u0301', 'á'].map(of)).size).toBe(7);
  });
});

describe('rootDigest', () => {
  it('does not depend on the order of the namespaces', () => {
    fc.assert(
      fc.property(names, (list) => {
        expect(rootDigest([...list].reverse(), sha256)).toBe(rootDigest(list, sha256));
      }),
    );
  });

  it('changes when a namespace comes, goes or changes', () => {
    fc.assert(
      fc.property(names, hexDigest, (list, other) => {
        const root = rootDigest(list, sha256);
        expect(rootDigest([...list, { name: 'one-more-than-all', digest: other }], sha256)).not.toBe(root);
        const [first, ...rest] = list;
        if (first === undefined || first.digest === other) return;
        expect(rootDigest(rest, sha256)).not.toBe(root);
        expect(rootDigest([{ name: first.name, digest: other }, ...rest], sha256)).not.toBe(root);
      }),
    );
  });

  it('is the hash of nothing for an instance that holds nothing', () => {
    expect(rootDigest([], sha256)).toBe(sha256(''));
  });
});
