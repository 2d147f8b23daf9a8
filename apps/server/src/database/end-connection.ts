import type pg from 'pg';

/** So long a connection that is ended in order is waited for. */
const withinMs = 1500;

/** The connection below what `pg` shows. */
interface Below {
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/** Ends a connection without a word: ending it in order would wait for an answer. */
export const cut = (client: pg.Client): void => (client as unknown as Below).connection?.stream?.destroy();

/** Ends a connection in order, or cuts it where PostgreSQL is silent: who stops waits for nobody. */
export async function endConnection(client: pg.Client): Promise<void> {
  const late = setTimeout(() => cut(client), withinMs);
  await client.end().catch(() => undefined);
  clearTimeout(late);
}
