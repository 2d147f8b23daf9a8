import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

describe('a program that guards calls', () => {
  it('forgets its requests when they are served, and ends by itself when it is through', async () => {
    const child = spawn(
      process.execPath,
      ['--expose-gc', '--conditions=sluice-source', join(import.meta.dirname, 'guard-program.ts')],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const exited = once(child, 'exit');
    const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect({ out: out.trim(), errors, code: (await exited)[0] }).toEqual({
      out: 'forgotten',
      errors: '',
      code: 0,
    });
  });
});
