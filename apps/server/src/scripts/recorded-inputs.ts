import { Injectable } from '@nestjs/common';
import type { Json } from '@sluice/core';
import type { BodyOf, Contracts, TriedScript } from '@sluice/protocol';

/** What one run depends on. */
export interface TryInput {
  readonly values: Readonly<Record<string, Json>>;
  readonly nowMs: number;
  readonly random: number;
  readonly error?: Json | undefined;
  readonly call?: TriedScript['call'];
}

type Wanted = NonNullable<BodyOf<Contracts['tryScript']>['recorded']>;

/** Recorded calls of an app as input for scripts. */
@Injectable()
export class RecordedInputs {
  of(_place: { environment: string; app: string }, _wanted: Wanted): TryInput[] {
    return [];
  }
}
