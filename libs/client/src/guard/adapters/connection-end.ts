import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is to run when a connection ends; one listener for all of its requests. */
const atEnd = new WeakMap<Socket, Set<() => void>>();

/**
 * Runs when the connection of a request ends whose response has none, and so may never be told of it: it waits behind
 * another one of a client that doesn't wait for answers (pipelining, in Node before 24), or was made by hand, as for a web
 * socket. Not any more once the response is closed.
 */
export function whenConnectionEnds(connection: Socket, response: ServerResponse, run: () => void): void {
  if (connection.destroyed) {
    run();
    return;
  }
  let runs = atEnd.get(connection);
  if (!runs) {
    const all = new Set<() => void>();
    atEnd.set(connection, all);
    connection.once('close', () => {
      for (const each of all) each();
    });
    runs = all;
  }
  runs.add(run);
  response.once('close', () => runs.delete(run));
}
