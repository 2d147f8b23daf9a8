import * as resources from './en-resources.ts';
import * as rules from './en-rules.ts';
import * as scripts from './en-scripts.ts';
import * as writing from './en-writing.ts';

/** Texts of the guard's pages. The other language has the same names, or it doesn't compile. */
export const en = { ...resources, ...rules, ...scripts, ...writing };
