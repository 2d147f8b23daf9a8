import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalText, compose, type Layer, parseLayer, rootDigest } from '@sluice/core';
import {
  type Ack,
  ack,
  faultState,
  faults,
  type Hello,
  heartbeat,
  hello,
  probe,
  protocolVersion,
  refused,
  type Sync,
  state,
  sync,
} from '@sluice/protocol/client';
import { read } from './project.ts';

const text = read('docs/protocol.md');
const sha256 = (body: string): string => createHash('sha256').update(body).digest('hex');
const frames: Readonly<Record<string, { readonly shape: object; parse(raw: unknown): unknown }>> = {
  hello,
  sync,
  ack,
  heartbeat,
  probe,
  state,
  refused,
  faults,
  faultState,
};
const session = [...text.matchAll(/`(\w+)`:\n```json\n([\s\S]*?)\n```/g)].map((match) => ({
  name: match[1]!,
  frame: JSON.parse(match[2]!) as unknown,
}));

describe('docs/protocol.md', () => {
  it('is about the version that the code speaks, and tells its history', () => {
    expect(text).toMatch(new RegExp(`^# The link protocol, version ${protocolVersion}\n`));
    expect(text).toMatch(new RegExp(`^\\| ${protocolVersion} \\|`, 'm'));
  });

  it.each(Object.keys(frames))('has a chapter on %s that names all its fields', (name) => {
    const chapter = text.split(/^### /m).find((part) => part.slice(0, part.indexOf('\n')).includes(name));
    expect(chapter).toBeDefined();
    for (const field of Object.keys(frames[name]!.shape)) expect(chapter).toContain(field);
  });

  it.each(session.map(({ name, frame }, index) => [index + 1, name, frame] as const))(
    'shows as frame %i of its session a %s that is one',
    (_, name, frame) => {
      expect(frames[name]!.parse(frame)).toEqual(frame);
    },
  );

  it('shows digests that anybody can compute', () => {
    const syncs = session.filter(({ name }) => name === 'sync').map(({ frame }) => frame as Sync);
    expect(syncs.length).toBeGreaterThan(1);
    for (const { changed, rootDigest: root } of syncs) {
      for (const { kind, layers, digest } of changed) {
        for (const layer of layers) {
          expect(sha256(layer.body!)).toBe(layer.digest);
          expect(Buffer.byteLength(layer.body!)).toBe(layer.sizeBytes);
        }
        const { content } = compose(
          kind,
          layers.map((layer) => parseLayer(layer as Layer)),
        )!;
        expect(sha256(canonicalText(content))).toBe(digest);
      }
      expect(rootDigest(changed, sha256)).toBe(root);
    }
    const [greeting] = session.filter(({ name }) => name === 'hello').map(({ frame }) => frame as Hello);
    expect(greeting?.rootDigest).toBe(rootDigest([], sha256));
    for (const { frame } of session.filter(({ name }) => name === 'ack')) {
      const { namespaces, rootDigest: root } = frame as Ack;
      expect(rootDigest(namespaces as { name: string; digest: string }[], sha256)).toBe(root);
    }
  });
});
