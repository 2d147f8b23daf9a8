import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ReasonedError, reason } from '../notices/reasons.ts';

const mark = 'sealed 1 ';
const [nonceBytes, tagBytes] = [12, 16];

/**
 * Seals the bodies that hold secrets before they go to disk, under a key that comes from the client's token: who finds
 * the file finds no secret in it. With another token they don't open, and what is in them comes from the server again.
 */
export class SecretBodies {
  readonly #key: Buffer;

  constructor(token: string) {
    this.#key = Buffer.from(hkdfSync('sha256', token, '', 'sluice cache 1', 32));
  }

  /** The body as it goes to disk; one without secrets as it is. */
  seal({ body, digest }: { readonly body: string; readonly digest: string }): string {
    if (!body.includes('"secret":true')) return body;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(digest));
    const parts = [nonce, cipher.update(body, 'utf8'), cipher.final()];
    return mark + Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64');
  }

  /** The body as it came. Throws a `ReasonedError` when it was sealed under another token. */
  open({ body, digest }: { readonly body: string; readonly digest: string }): string {
    if (!body.startsWith(mark)) return body;
    const bytes = Buffer.from(body.slice(mark.length), 'base64');
    try {
      const nonce = bytes.subarray(0, nonceBytes);
      const options = { authTagLength: tagBytes };
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, options)
        .setAAD(Buffer.from(digest))
        .setAuthTag(bytes.subarray(-tagBytes));
      return (
        decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      throw new ReasonedError(reason('cache_of_another_token'));
    }
  }
}
