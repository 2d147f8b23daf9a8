import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Explained, FaultState, Killed, Report } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';

interface Heard {
  joined: [];
  sign: [];
  report: [frame: Report];
  killed: [frame: Killed];
  explained: [frame: Explained];
  faultState: [frame: FaultState];
}

/** Frames that the gateway has checked and that rooms to the right are about: traffic, rules, the kill switch, drills. */
@Injectable()
export class LinkFrames {
  readonly #events = new EventEmitter();

  /**
   * `joined`: the connection has said hello and was sent its first sync. `sign`: something came from it, after
   * whoever it is for has seen it.
   */
  on<E extends keyof Heard>(event: E, listener: (connection: Connection, ...heard: Heard[E]) => void): void {
    this.#events.on(event, listener);
  }

  emit<E extends keyof Heard>(event: E, connection: Connection, ...heard: Heard[E]): void {
    this.#events.emit(event, connection, ...heard);
  }
}
