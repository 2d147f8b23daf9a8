import type { Sync } from '@sluice/protocol/client';

/** The socket.io namespace of the link, as packets name it. */
export const namespace = '/client';

export const packetOf = (event: string, frame: object): string =>
  `42${namespace},${JSON.stringify([event, frame])}`;

/** The newest packet, read: everybody is sent the same text. */
let newest: { readonly packet: string; readonly message: readonly [string, never] } | undefined;
export function messageOf(packet: string): readonly [string, never] {
  if (newest?.packet !== packet) newest = { packet, message: JSON.parse(packet.slice(3 + namespace.length)) };
  return newest.message;
}

/** The newest answer, for others who say the same. */
let answered: { readonly frame: Sync; readonly ms: number; readonly packet: string } | undefined;
export function answerOf(frame: Sync, ms: number, write: () => string): string {
  if (answered?.frame !== frame || answered.ms !== ms) answered = { frame, ms, packet: write() };
  return answered.packet;
}
