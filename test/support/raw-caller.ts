import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

/** A request as it goes over the wire: no client library tidies its path, its headers or its body. */
export interface RawRequest {
  readonly method: string;
  /** As it is sent: not normalized, not encoded. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends requests that no well-meaning client would send, over kept connections. */
export class RawCaller {
  readonly #port: number;
  /** Nobody waits for a connection of somebody else: every operation may be asked for at once. */
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#port = Number(new URL(url).port);
  }

  send({ method, path, headers, body }: RawRequest): Promise<RawAnswer> {
    // Node says the length of a body only for methods that usually have one.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const target = { host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path };
    return new Promise((resolve, reject) => {
      const sent = request({ ...target, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Bytes that need not even be HTTP; resolves with everything that came back when the server closes. */
  bytes(sent: string | Buffer): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(this.#port, '127.0.0.1', () => socket.write(sent));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
