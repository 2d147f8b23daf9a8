import { describe, expect, it } from '@jest/globals';
import { content, faultsOf } from '@sluice/protocol';
import { seedApps } from '../../apps/bookstore/src/demo/seed-plan.ts';

describe('the history that the demo begins with', () => {
  const releases = seedApps.flatMap((app) =>
    app.namespaces.flatMap((namespace) =>
      namespace.history.map((release, index) => ({
        of: `${app.name} ${namespace.name} #${index + 1}`,
        release,
        previous: namespace.history[index - 1],
      })),
    ),
  );

  it.each(releases)('$of is valid and changes something', ({ release, previous }) => {
    const parsed = content.safeParse(release.content);
    expect(parsed.success ? [] : faultsOf(parsed.error)).toEqual([]);
    expect(release.message).not.toBe('');
    expect(release.content).not.toEqual(previous?.content);
  });
});
