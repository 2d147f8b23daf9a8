import type { Texts } from '../texts.ts';
import * as admin from './admin.ts';
import * as catalog from './catalog.ts';
import * as common from './common.ts';
import * as namespace from './namespace.ts';
import * as release from './release.ts';
import * as shell from './shell.ts';

export const zh = {
  ...common,
  ...shell,
  ...catalog,
  ...release,
  ...namespace,
  ...admin,
} satisfies Texts;
