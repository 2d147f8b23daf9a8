import { createProgram } from '../../apps/cli/src/program/program.ts';

type Command = ReturnType<typeof createProgram>;
type Option = Command['options'][number];

const nowhere = { write: () => true };

/** The command line as it declares itself; nothing of it is run. */
export const declared = (language: 'en' | 'zh'): Command =>
  createProgram({
    io: { out: nowhere, err: nowhere, env: {} } as never,
    language,
    contextFor: () => undefined as never,
    done: () => undefined,
  });
export const program: Command = declared('en');

/** All commands, whatever is under them included. */
export const commandsUnder = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(commandsUnder),
];

/**
 * What is wrong with a command line that a document shows, in words; undefined when it could be typed so.
 * `isWhole`: its arguments are counted too, as in a block of commands; a sentence may leave them out.
 */
export function faultOf(line: string, isWhole: boolean): string | undefined {
  const [, ...words] = wordsOf(line);
  let command = program;
  let args = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const next = command.commands.find((each) => each.name() === word);
    if (word.startsWith('-')) {
      const option = optionOf(command, word);
      if (!option) return `${command.name()} knows no ${word}`;
      if (option.required) i++;
    } else if (next && args === 0) command = next;
    else if (command.commands.length > 0 && /^[a-z]/.test(word))
      return `${command.name()} knows no command ${word}`;
    else args++;
  }
  const known = command.registeredArguments;
  const mostArgs = known.some((each) => each.variadic) ? Number.POSITIVE_INFINITY : known.length;
  const fewestArgs = known.filter((each) => each.required).length;
  if (args > mostArgs || (isWhole && args < fewestArgs)) return `${command.name()} takes other arguments`;
  return undefined;
}

/** The option of a command, or of one that it is under, that is written so. */
export function optionOf(command: Command, word: string): Option | undefined {
  for (let at: Command | null = command; at; at = at.parent) {
    const option = at.options.find(({ long, short }) => long === word || short === word);
    if (option) return option;
  }
  return undefined;
}

/** Words as a shell makes them, without comments and pipes. */
const wordsOf = (line: string): string[] =>
  (line.replace(/\s+[#|<>]\s.*$/, '').match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).filter((w) => w !== '…');
