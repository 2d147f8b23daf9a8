/** The version of this package, as it tells the server. */
export const clientVersion = '0.1.0';
