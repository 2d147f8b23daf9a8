import type { Same } from '../texts.ts';
import type { en } from './en.ts';
import * as connect from './zh-connect.ts';
import * as guardrail from './zh-guardrail.ts';
import * as instances from './zh-instances.ts';
import * as links from './zh-links.ts';
import * as namespace from './zh-namespace.ts';
import * as pushes from './zh-pushes.ts';
import * as release from './zh-release.ts';

/** Texts of configs: namespaces, releases, pushes and the instances that get them, in Chinese. */
export const zh: Same<typeof en> = {
  ...connect,
  ...instances,
  ...release,
  ...namespace,
  ...pushes,
  ...guardrail,
  ...links,
};
