import { describe, expect, it } from '@jest/globals';
import { isSpec, read, sourceFiles } from './project.ts';
import { commandsUnder, optionOf, program } from './told-commands.ts';

const files = sourceFiles.filter((path) => path.startsWith('web/src/') && !isSpec(path));

/** Panels without a command line of their own, and why. */
const without: Readonly<Record<string, string>> = {
  'web/src/app/shell/palette.tsx': 'finds pages',
  'web/src/app/shell/palette-rollback.tsx':
    'says why nothing can be rolled back; else the panel of the rollback',
  'web/src/app/shell/shortcut-help.tsx': 'tells keys',
  'web/src/features/admin/new-secret.tsx': 'shows what a command has made',
  'web/src/features/incident/undo.tsx': 'says that it loads; then the panel of the rollback',
  'web/src/features/namespace/merge/merge-panel.tsx': 'changes the draft that is open on the page',
  'web/src/features/namespace/values/rule-editor.tsx': 'changes the draft that is open on the page',
  'web/src/parts/rollback-panel.tsx': 'says that there is no such release; else the panel of a release',
};

/** What stands between the brackets around a command line: from `'sluice'` on. */
function wordsFrom(text: string, start: number): string {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if ('[({'.includes(text[i]!)) depth++;
    if ('])}'.includes(text[i]!) && --depth < -1) return text.slice(start, i);
  }
  return text.slice(start);
}

/** The command that the words begin with, as far as they are written out; undefined when there is none such. */
function commandOf(words: string) {
  let command = program;
  for (const part of words.split(',').slice(1)) {
    const word = /^\s*'([a-z-]+)'\]?\s*$/.exec(part)?.[1];
    const next = command.commands.find((each) => each.name() === word);
    if (!next) return word !== undefined && command.commands.length > 0 ? undefined : command;
    command = next;
  }
  return command;
}

describe('a panel of the console', () => {
  const panels = files.filter(
    (path) => !path.startsWith('web/src/ui/') && /<(SidePanel|Modal|Drawer)\b/.test(read(path)),
  );

  it('copies itself as a command line', () => {
    expect(panels.length).toBeGreaterThan(15);
    const silent = panels.filter((path) => !/<AsCommand\b/.test(read(path)));
    expect(silent.sort()).toEqual(Object.keys(without).sort());
  });

  it('names commands and options that there are', () => {
    const lines = files.flatMap((path) => {
      const text = read(path);
      return [...text.matchAll(/'sluice'/g)].map(({ index }) => ({ path, words: wordsFrom(text, index) }));
    });
    expect(lines.length).toBeGreaterThan(20);
    const wrong = lines.flatMap(({ path, words }) => {
      const command = commandOf(words);
      if (!command) return [`${path}: there is no ${words.slice(0, 60)}`];
      const meant = commandsUnder(command);
      return [...words.matchAll(/'(--?[a-z-]+)'/g)]
        .filter(([, option]) => !meant.some((each) => optionOf(each, option!)))
        .map(([, option]) => `${path}: ${command.name()} knows no ${option}`);
    });
    expect(wrong).toEqual([]);
  });
});
