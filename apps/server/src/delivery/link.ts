import { clientFrames } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import type { LinkSocket } from './below-socket.ts';
import type { Said } from './chorus.ts';
import type { Hearer } from './short-way.ts';

/** A socket and the instance that it turned out to be. */
export class Link implements Hearer {
  readonly socket: LinkSocket;
  connection: Connection | undefined;
  badFrames = 0;
  /** Runs until the hello. */
  silent: NodeJS.Timeout | undefined;
  readonly #heard: (link: Link, said: Said) => void;

  constructor(socket: LinkSocket, heard: (link: Link, said: Said) => void) {
    this.socket = socket;
    this.#heard = heard;
  }

  knows(event: string): boolean {
    return Object.hasOwn(clientFrames, event);
  }

  heard(said: Said): void {
    this.#heard(this, said);
  }
}
