/** The version of the client link. Raised when an older peer could misread a frame. */
export const protocolVersion = 1;
/** The oldest client that this server understands; an older one is answered 426. */
export const oldestProtocolVersion = 1;
