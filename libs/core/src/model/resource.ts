export const resourceTypes = ['web', 'rpc', 'outbound', 'method', 'job'] as const;
/** How calls of a resource come in: a route, a served RPC, a call to another service, a plain function, a queued job. */
export type ResourceType = (typeof resourceTypes)[number];

export const resourceMatches = ['exact', 'prefix', 'glob'] as const;

/**
 * Which resources a rule guards. In a glob `*` stands for anything but a slash, `**` for anything, `?` for one
 * character that is not a slash; every other character for itself. Without `type` calls of every type are meant.
 */
export interface ResourceMatch {
  readonly match: (typeof resourceMatches)[number];
  readonly value: string;
  readonly type?: ResourceType;
}
