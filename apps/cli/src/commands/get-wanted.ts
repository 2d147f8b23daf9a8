import type { NamespaceDetail } from '@sluice/protocol';

/** Options of `sluice get`. */
export interface GetFlags {
  readonly instance?: string;
  readonly why?: boolean;
  readonly distribution?: boolean;
  /** The plain value of a secret; the audit says who asked. */
  readonly reveal?: boolean;
}

/** A namespace, and the key in it where one was named. */
export interface Wanted {
  readonly app: string;
  readonly environment: string;
  readonly detail: NamespaceDetail;
  readonly key?: string;
}
