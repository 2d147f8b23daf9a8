import type { Context } from '../context.ts';
import type { Source } from './settings.ts';

const sources = {
  flag: { en: 'the command line', zh: '命令行参数' },
  environment: { en: 'an environment variable', zh: '环境变量' },
  file: { en: 'the config file', zh: '配置文件' },
  default: { en: 'the default', zh: '默认值' },
} as const;

/** Where a setting came from, in words. */
export const sourceText = (context: Context, source: Source): string => context.say(sources[source]);
