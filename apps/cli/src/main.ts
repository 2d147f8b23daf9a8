import { CommanderError } from 'commander';
import { createContext } from './context.ts';
import { type ExitCode, exitCode } from './failure/exit-code.ts';
import { asCliError, errorText } from './failure/print-error.ts';
import type { Io } from './host/io.ts';
import { colourFor } from './output/colour.ts';
import { parseError } from './program/parse-error.ts';
import { createProgram } from './program/program.ts';
import { languageFlag, wantedLanguage } from './settings/language.ts';

/** Runs one command line (without the program's own name) and answers with its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  const language = wantedLanguage(languageFlag(argv), io.env);
  let code: ExitCode = exitCode.ok;
  const program = createProgram({
    io,
    language,
    contextFor: (flags) => createContext(io, language, flags),
    done: (answer) => {
      code = answer;
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && helpWasShown(error))
      return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    const failure = error instanceof CommanderError ? parseError(error) : asCliError(error);
    const { red } = colourFor(io.err, !argv.includes('--no-color'), io.env);
    io.err.write(errorText(failure, language, red));
    return failure.exit;
  }
}

const helpWasShown = (error: CommanderError): boolean =>
  ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code);

export type { ExitCode } from './failure/exit-code.ts';
export type { Io, Sink } from './host/io.ts';
