import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../failure/exit-code.ts';

/** What a family of commands needs to declare itself. Actions import their code when they run, so help costs nothing. */
export interface Declaring {
  readonly say: (text: ErrorText) => string;
  readonly run: (command: Command, action: (context: Context) => Promise<ExitCode>) => Promise<void>;
}
