import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';

/** Says on this node that a push moved, also where no instance sees it: paused, sent again. The rows are the truth. */
@Injectable()
export class PushNews {
  readonly #events = new EventEmitter();

  moved(pushId: string): void {
    this.#events.emit('moved', pushId);
  }

  onMoved(listener: (pushId: string) => void): void {
    this.#events.on('moved', listener);
  }
}
