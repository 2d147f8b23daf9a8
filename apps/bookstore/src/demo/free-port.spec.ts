import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePorts, isFree } from './free-port.ts';

describe('free ports', () => {
  it('leaves out what is in use', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    expect(await isFree(port)).toBe(false);
    const found = await freePorts(port, 3);
    expect(found).toHaveLength(3);
    expect(found).not.toContain(port);
    await new Promise((closed) => other.close(closed));
  });

  it('begins again from below at the end of the range', async () => {
    const found = await freePorts(65_535, 2);
    expect(found.at(-1)).toBeLessThan(65_535);
  });
});
