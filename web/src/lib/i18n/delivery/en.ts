import * as connect from './en-connect.ts';
import * as guardrail from './en-guardrail.ts';
import * as instances from './en-instances.ts';
import * as links from './en-links.ts';
import * as namespace from './en-namespace.ts';
import * as pushes from './en-pushes.ts';
import * as release from './en-release.ts';

/** Texts of configs: namespaces, releases, pushes and the instances that get them. The other language has the same names, or it doesn't compile. */
export const en = { ...connect, ...instances, ...release, ...namespace, ...pushes, ...guardrail, ...links };
