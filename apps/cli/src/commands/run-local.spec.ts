import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkoutAbove } from './run-local.ts';

describe('the checkout', () => {
  it('is the nearest folder above that is one', () => {
    const root = mkdtempSync(join(tmpdir(), 'sluice-checkout-'));
    const deep = join(root, 'apps', 'cli', 'dist');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(root, 'apps', 'cli', 'package.json'), '{"name":"@sluice/cli"}');
    writeFileSync(join(root, 'package.json'), '{"name":"something else"}');
    expect(checkoutAbove(deep)).toBeUndefined();
    writeFileSync(join(root, 'package.json'), '{"name":"sluice"}');
    expect(checkoutAbove(deep)).toBeUndefined();
    mkdirSync(join(root, 'apps', 'server'));
    expect(checkoutAbove(deep)).toBe(root);
  });
});
