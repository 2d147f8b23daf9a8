import { type Content, type ThreeWayDiff, threeWayDiff } from '@sluice/core';
import { createTwoFilesPatch, OMIT_HEADERS } from 'diff';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { plainValue } from '../output/item-change.ts';
import { tableText } from '../output/table.ts';
import { shortValue } from '../output/value-text.ts';

export interface ThreeContents {
  readonly base: Content | undefined;
  readonly yours: Content | undefined;
  readonly theirs: Content | undefined;
}

const words = {
  key: { en: 'KEY', zh: '配置项' },
  base: { en: 'BASE', zh: '基线' },
  yours: { en: 'YOURS', zh: '你的' },
  theirs: { en: 'LIVE NOW', zh: '当前生效' },
  choose: { en: '<- both changed it', zh: '<- 双方都修改了' },
} as const;

function diffLines({ say }: Context, name: string, diff: ThreeWayDiff): string[] {
  if (diff.of === 'items')
    return lines(
      tableText(
        [say(words.key), say(words.base), say(words.yours), say(words.theirs), ''],
        diff.entries.map((e) => [
          `${name}.${e.key}`,
          ...[e.base, e.yours, e.theirs].map((side) => shortValue(plainValue(side))),
          e.conflict ? say(words.choose) : '',
        ]),
      ),
    );
  // The library writes names as git does, and whatever isn't ASCII as numbers.
  const patch = (side: string, text: string): string[] => [
    `--- ${name} (${say(words.base)})`,
    `+++ ${name} (${side})`,
    ...lines(createTwoFilesPatch('', '', diff.base, text, '', '', { headerOptions: OMIT_HEADERS })),
  ];
  return [...patch(say(words.yours), diff.yours), ...patch(say(words.theirs), diff.theirs)];
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The three versions side by side: by key, or for a document what each side made of the base. */
export function threeWayLines(context: Context, name: string, three: ThreeContents): string[] {
  return diffLines(context, name, threeWayDiff(three.base, three.yours, three.theirs));
}

/** The same refusal with the three versions below it, so that nobody has to look for what happened. */
export function withThreeWay(
  context: Context,
  error: CliError,
  name: string,
  three: ThreeContents,
): CliError {
  return withDiff(context, error, name, threeWayDiff(three.base, three.yours, three.theirs));
}

/** The same, as the server has compared them. */
export function withDiff(context: Context, error: CliError, name: string, diff: ThreeWayDiff): CliError {
  return new CliError(error.code, error.exit, error.parts, error.params, {
    ...error.more,
    lines: [...(error.more.lines ?? []), ...diffLines(context, name, diff)],
  });
}
