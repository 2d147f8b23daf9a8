import { describe, expect, it } from '@jest/globals';
import { publishCommand, rollbackCommand, shellWord } from './command-line.ts';

const place = { env: 'prod', app: 'shop', ns: 'order' };

describe('the command line of a panel', () => {
  it('quotes what a shell would take apart', () => {
    expect(shellWord('plain-1.2_x')).toBe('plain-1.2_x');
    expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'");
    expect(shellWord('')).toBe("''");
  });

  it('sets changed items one by one', () => {
    const after = { type: 'number', value: 500 };
    const diff = { of: 'items', changes: [{ key: 'timeoutMs', change: 'changed', after }] } as const;
    expect(publishCommand(place, 'map', diff, 'INC 12')).toBe(
      "sluice set shop order.timeoutMs=500 --env prod -m 'INC 12'",
    );
  });

  it('goes by a file for all that is not a changed value', () => {
    const diff = { of: 'items', changes: [{ key: 'old', change: 'removed' }] } as const;
    expect(publishCommand(place, 'map', diff, '')).toBe('sluice apply shop -f order.yaml --env prod');
  });

  it('names the release to go back to', () => {
    expect(rollbackCommand(place, 56, '')).toBe('sluice rollback shop order --to 56 --env prod');
    expect(rollbackCommand(place, 56, '', 'INC 12')).toBe(
      "sluice rollback shop order --to 56 --env prod --emergency 'INC 12'",
    );
  });
});
