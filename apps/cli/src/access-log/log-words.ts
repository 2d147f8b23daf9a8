export const logFormats = ['common', 'combined'] as const;
/** How lines of an access log are written. */
export type LogFormat = (typeof logFormats)[number];

export const logKeys = ['ip', 'user', 'user-agent', 'referer'] as const;
/** What requests of a log are told apart by. */
export type LogKey = (typeof logKeys)[number];
