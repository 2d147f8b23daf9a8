import { Inject, Injectable } from '@nestjs/common';
import { OtherNodes } from '../fleet/other-nodes.ts';
import type { Place } from '../fleet/place.ts';
import {
  mergedRecorded,
  type PackedRecorded,
  packRecorded,
  type Recorded,
  unpackRecorded,
} from './recorded.ts';
import { maxOfApp } from './recorder.ts';
import { Traffic } from './traffic.ts';

interface Question {
  readonly place: Place;
  readonly fromMs: number;
  readonly toMs: number;
  readonly most: number;
}

/** What all nodes together have recorded of an app. */
@Injectable()
export class RecordingsOfNodes {
  readonly #traffic: Traffic;
  readonly #nodes: OtherNodes;

  constructor(@Inject(Traffic) traffic: Traffic, @Inject(OtherNodes) nodes: OtherNodes) {
    this.#traffic = traffic;
    this.#nodes = nodes;
    nodes.answers('recorded', (question: Question) => packRecorded(this.#here(question)));
  }

  /** Calls that came in at a time, the newest `most` of them, oldest first; `silent`: nodes whose calls are missing. */
  async of(
    place: Place,
    fromMs: number,
    toMs: number,
    most = maxOfApp,
  ): Promise<Recorded & { readonly silent: number }> {
    const question: Question = { place, fromMs, toMs, most };
    const { answers, silent } = await this.#nodes.ask<PackedRecorded>('recorded', question);
    const elsewhere = await Promise.all(answers.map(unpackRecorded));
    return { ...mergedRecorded([this.#here(question), ...elsewhere], most), silent };
  }

  #here({ place, fromMs, toMs, most }: Question): Recorded {
    const recorded = this.#traffic.recorder.of(place, fromMs, toMs);
    return most < recorded.calls.length ? { ...recorded, calls: recorded.calls.slice(-most) } : recorded;
  }
}
