import { clientNamespace } from '@sluice/protocol/client';
import { type Below, below, freeSocket, isBetweenMessages, type LinkSocket } from './below-socket.ts';
import { keepForChorus, type Said, saidAlone, saidInChorus } from './chorus.ts';
import { textOfWholeFrame } from './whole-text.ts';

/** How an event begins that asks for no acknowledgement. */
const eventStart = `42${clientNamespace},["`;
/** The sign of life of every few seconds, with the number of the acknowledgement that it asks for. */
const sign = /^42\/client,(\d{1,15})\["alive"\]$/;

const alive = saidAlone('alive', undefined);

/** Whom the frames of a connection are for. */
export interface Hearer {
  readonly socket: LinkSocket;
  knows(event: string): boolean;
  heard(said: Said): void;
}

type Long = (this: unknown, data: Buffer, isBinary: boolean) => void;

/**
 * Frames of a client as they come over the websocket, past the layers of socket.io: these cost about as much as
 * reading a frame and acting on it, for every answer to a push, every report and every sign of life. Only what is
 * surely meant for the hearer is taken: an event that it knows, whole, well formed, of an open connection. All else
 * goes the long way and is judged there. Order is kept among what is taken, and of what goes the long way once the
 * hello is over nothing depends on it.
 */
export function hearBelow(hearer: Hearer): void {
  const engine = below(hearer.socket);
  const bare = engine.transport.socket;
  const [long, ...others] = (bare?.listeners('message') ?? []) as Long[];
  if (!bare || !long || others.length > 0) return;
  bare.removeListener('message', long);
  bare.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary || !took(hearer, engine, data.toString())) long.call(bare, data, isBinary);
  });
  const receiver = bare._receiver;
  if (!receiver) return;
  const { write } = receiver;
  receiver.write = (chunk) => {
    const text = isBetweenMessages(receiver) ? textOfWholeFrame(chunk) : undefined;
    return (text !== undefined && took(hearer, engine, text)) || write.call(receiver, chunk);
  };
}

function took(hearer: Hearer, engine: Below, text: string): boolean {
  if (!hearer.socket.connected || engine.readyState !== 'open') return false;
  if (!(text.startsWith(eventStart) ? tookEvent(hearer, text) : tookSign(hearer, text))) return false;
  // Whatever comes prolongs the wait for the answer to a ping, once.
  if (!engine.hasRefreshedPingTimeout) engine.pingTimeoutTimer?.refresh();
  engine.hasRefreshedPingTimeout = true;
  return true;
}

function tookEvent(hearer: Hearer, text: string): boolean {
  const said = saidInChorus(text) ?? read(text);
  if (!said || !hearer.knows(said.event)) return false;
  hearer.heard(said);
  return true;
}

function read(text: string): Said | undefined {
  let parts: readonly unknown[];
  try {
    parts = JSON.parse(text.slice(eventStart.length - 2));
  } catch {
    return undefined;
  }
  const [event, frame] = parts;
  if (typeof event !== 'string') return undefined;
  const said = saidAlone(event, frame);
  keepForChorus(text, said);
  return said;
}

function tookSign(hearer: Hearer, text: string): boolean {
  const asked = sign.exec(text)?.[1];
  const free = asked === undefined ? undefined : freeSocket(hearer.socket);
  if (!free) return false;
  free.send(`43${clientNamespace},${asked}[]`);
  hearer.heard(alive);
  return true;
}
