import type { Texts } from '../texts.ts';
import * as catalog from './catalog.ts';
import { access, common, format, live, problem, roles } from './everywhere.ts';
import * as history from './history.ts';
import { kill } from './kill.ts';
import * as release from './release.ts';
import * as shell from './shell.ts';

/** The texts that come with the first page, in Chinese. */
export const zh: Texts = {
  common,
  format,
  problem,
  access,
  roles,
  live,
  ...shell,
  ...catalog,
  ...release,
  ...history,
  kill,
};
