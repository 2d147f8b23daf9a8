/** The ETag of a namespace: the revision of what is live. Every write names the one it is based on. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** The ETag of a draft: the revision it is based on and how often it was saved. */
export const draftEtagOf = (revision: number, version: number): string => `"${revision}.${version}"`;

/** What an If-Match says: a revision, and the version of a draft where it is a draft's. */
export interface Base {
  readonly revision: number;
  readonly version?: number;
}

/** Reads an ETag without its quotes; its form was checked at the edge. */
export function baseOf(ifMatch: string): Base {
  const [revision, version] = ifMatch.split('.');
  return { revision: Number(revision), ...(version !== undefined && { version: Number(version) }) };
}
