/** What the world of these tests has ids for. */
export interface KnownIds {
  readonly push: string;
  readonly token: string;
  readonly user: string;
  readonly digest: string;
  readonly drill: string;
}
