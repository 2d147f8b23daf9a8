import type { ErrorText } from '@sluice/core';
import type { CommanderError } from 'commander';
import { type CliError, usageError } from '../failure/cli-error.ts';

const texts: Readonly<Record<string, ErrorText>> = {
  'commander.unknownCommand': { en: 'There is no command "{name}".', zh: '没有命令“{name}”。' },
  'commander.unknownOption': { en: 'There is no option {name} here.', zh: '这里没有选项 {name}。' },
  'commander.missingArgument': { en: 'The argument <{name}> is missing.', zh: '缺少参数 <{name}>。' },
  'commander.optionMissingArgument': {
    en: 'The option {name} needs a value.',
    zh: '选项 {name} 需要一个值。',
  },
  'commander.missingMandatoryOptionValue': {
    en: 'The option {name} is needed.',
    zh: '必须给出选项 {name}。',
  },
  'commander.excessArguments': { en: 'There are more arguments than this command takes.', zh: '参数过多。' },
};

/** What the parser refused, in the three parts and in both languages. */
export function parseError(error: CommanderError): CliError {
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const near = /Did you mean (?:one of )?(.+)\?/.exec(error.message)?.[1] ?? '';
  const plain = error.message.replace(/^error: /, '');
  const what = texts[error.code] ?? { en: '{plain}', zh: '{plain}' };
  const todo: ErrorText = near
    ? { en: 'Did you mean {near}?', zh: '你是不是要用 {near}？' }
    : {
        en: 'See "sluice --help" and "sluice <command> --help".',
        zh: '请查看 "sluice --help" 和 "sluice <命令> --help"。',
      };
  return usageError(what, todo, { name, near, plain });
}
