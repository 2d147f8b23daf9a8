import * as catalog from './catalog.ts';
import { access, common, format, live, problem, roles } from './everywhere.ts';
import * as history from './history.ts';
import * as kill from './kill.ts';
import * as release from './release.ts';
import * as shell from './shell.ts';

/**
 * The texts that come with the first page: of the frame, the overview and what every page says. Those of other
 * pages lie in the folders beside. The other language has the same names, or it doesn't compile.
 */
export const en = {
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
  ...kill,
};
