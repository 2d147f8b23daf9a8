import { Inject, Injectable } from '@nestjs/common';
import type { Json } from '@sluice/core';
import type { BodyOf, Contracts, TriedScript } from '@sluice/protocol';
import type { Place } from '../fleet/place.ts';
import { RecordingsOfNodes } from '../traffic/recordings-of-nodes.ts';

/** What one run depends on. */
export interface TryInput {
  readonly values: Readonly<Record<string, Json>>;
  readonly nowMs: number;
  readonly random: number;
  readonly error?: Json | undefined;
  readonly call?: TriedScript['call'];
}

type Wanted = NonNullable<BodyOf<Contracts['tryScript']>['recorded']>;

/** Nobody recorded what chance said, so it says the same to each. */
const random = 0.5;

/** Recorded calls of an app as input for scripts, the newest first. */
@Injectable()
export class RecordedInputs {
  readonly #recorded: RecordingsOfNodes;

  constructor(@Inject(RecordingsOfNodes) recorded: RecordingsOfNodes) {
    this.#recorded = recorded;
  }

  async of(place: Place, { resource, type, last }: Wanted): Promise<TryInput[]> {
    const { calls } = await this.#recorded.of(place, 0, Number.MAX_SAFE_INTEGER);
    return calls
      .filter(({ call }) => resource === undefined || call.resource === resource)
      .filter(({ call }) => type === undefined || call.type === type)
      .slice(-last)
      .reverse()
      .map(({ call, wallMs, source }) => ({
        values: call.inputs,
        nowMs: Math.round(wallMs),
        random,
        call: {
          resource: call.resource,
          type: call.type,
          instanceId: source.instanceId,
          verdict: call.verdict,
        },
      }));
  }
}
