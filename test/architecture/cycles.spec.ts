import { describe, expect, it } from '@jest/globals';
import { importsOf } from './imports-of.ts';
import { sourceFiles } from './project.ts';

/** The first cycle that is met from `start`, as the list of its files; types count, they tie rooms together too. */
function cyclesIn(files: readonly string[]): string[][] {
  const done = new Set<string>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const { file: next } of importsOf(file)) if (next) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of files) visit(file);
  return found;
}

describe('imports', () => {
  it('have no cycle, types included', () => {
    expect(cyclesIn(sourceFiles).map((cycle) => cycle.join(' -> '))).toEqual([]);
  });
});
