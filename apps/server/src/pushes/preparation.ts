import type { AimedLayer } from '@sluice/core';

/** What instances of one variant would be sent, if nobody objects. */
export interface PreparedVariant {
  readonly instanceIds: readonly string[];
  readonly namespaces: readonly {
    readonly namespaceId: string;
    readonly name: string;
    /** Of what the layers compose to; absent where nothing would be held any more. */
    readonly digest?: string;
    /** All that would apply to these instances, weakest first or in any order. */
    readonly layers: readonly AimedLayer[];
  }[];
}

/** An instance that would refuse. */
export interface Veto {
  readonly instanceId: string;
  readonly namespace: string;
  readonly error: string;
}

/** The first phase of a push in two: all reachable instances check what would come. Who talks to them implements it. */
export abstract class Preparation {
  /** Resolves when all have answered or had their time; who is silent has no veto. */
  abstract ask(
    place: { readonly environment: string; readonly app: string },
    variants: readonly PreparedVariant[],
  ): Promise<readonly Veto[]>;
}
