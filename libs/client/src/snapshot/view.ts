import type { Content, ErrorText } from '@sluice/core';
import type { ListenerEntry } from '../config/listener-queue.ts';
import type { StartupLevel } from '../startup/startup-level.ts';
import type { Held } from './held.ts';

/** Something that the code declared and that is served from a namespace. */
export interface View {
  readonly namespace: string;
  readonly startup: StartupLevel;
  /** Why this content can't be served here; undefined when it can. */
  refuses(content: Content): ErrorText | undefined;
  /** What the app's own validator says to content that fits; absent where the app gave none. May throw or reject. */
  readonly vet?: (held: Held) => unknown;
  /** Serves `held` from now on; the code's defaults when there is none. */
  serve(held: Held | undefined): void;
  /** The declared keys with their defaults, for `explain` and for suggestions. */
  defaults(): ReadonlyMap<string, unknown>;
  readonly listeners: readonly ListenerEntry[];
}
