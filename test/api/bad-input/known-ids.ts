/** What the world of these tests has ids for. */
export interface KnownIds {
  readonly push: string;
  readonly token: string;
  readonly user: string;
  readonly digest: string;
  readonly drill: string;
  /** Of one that fires. */
  readonly alert: string;
  readonly silence: string;
  readonly webhook: string;
}
