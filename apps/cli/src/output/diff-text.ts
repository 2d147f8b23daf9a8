import type { ContentDiff } from '@sluice/core';
import { createTwoFilesPatch } from 'diff';
import type { Context } from '../context.ts';
import { harmless } from '../host/terminal-text.ts';
import { bothSides } from './item-change.ts';
import { tableText } from './table.ts';

/** The two sides of a diff by the names that people gave them. */
export interface Sides {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const heads = {
  key: { en: 'KEY', zh: '配置项' },
  change: { en: 'CHANGE', zh: '变化' },
  before: { en: 'BEFORE', zh: '之前' },
  after: { en: 'AFTER', zh: '之后' },
  added: { en: 'added', zh: '新增' },
  removed: { en: 'removed', zh: '删除' },
  changed: { en: 'changed', zh: '修改' },
} as const;

/** What differs, for people: keys in a table, a document as a unified diff. */
export function diffText(context: Context, diff: ContentDiff, sides: Sides): string {
  if (diff.of === 'text') return unifiedText(context, diff, sides);
  const { say } = context;
  return tableText(
    [say(heads.key), say(heads.change), say(heads.before), say(heads.after)],
    diff.changes.map((change) => {
      const [before, after] = bothSides(change);
      return [`${sides.name}.${change.key}`, say(heads[change.change]), before, after];
    }),
  );
}

function unifiedText(context: Context, diff: ContentDiff & { of: 'text' }, sides: Sides): string {
  if (diff.same) return '';
  const { red, green, dim } = context.output.colour;
  const patch = createTwoFilesPatch(
    `${sides.name} (${sides.from})`,
    `${sides.name} (${sides.to})`,
    diff.before,
    diff.after,
    undefined,
    undefined,
    { context: 3 },
  );
  return patch
    .split('\n')
    .filter((line) => !/^=+$/.test(line))
    .map((line) => {
      const shown = harmless(line);
      if (line.startsWith('+')) return green(shown);
      if (line.startsWith('-')) return red(shown);
      return line.startsWith('@') ? dim(shown) : shown;
    })
    .join('\n');
}
