import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { maskedValue, SluiceError } from '@sluice/core';

/**
 * A sealed value: `sluice-sealed:1:<key id>:<nonce, ciphertext and tag>:<where it lies>`. It stands in the place of the
 * value from the door of the server on, in memory as in the database; it is opened for instances and for who asks for it
 * by name. Where it lies is authenticated, so that one that was moved elsewhere doesn't open there.
 */
const form = /sluice-sealed:1:([0-9a-f]{16}):([\w-]{38,}):([\w.-]+\/[\w.-]+\/[\w.-]+\/[\w.-]+)/;
const whole = new RegExp(`^${form.source}$`);
const inText = new RegExp(`"(${form.source})"`, 'g');
const anywhere = new RegExp(form.source, 'g');
const beginning = 'sluice-sealed:1:';
const [nonceBytes, tagBytes] = [12, 16];

/** The address of one key of one namespace. */
export interface SealedPlace {
  readonly environment: string;
  readonly app: string;
  readonly namespace: string;
  readonly key: string;
}

const placeText = ({ environment, app, namespace, key }: SealedPlace): string =>
  `${environment}/${app}/${namespace}/${key}`;

/** Keys that this process holds, by their ids: a sealed value says by which it opens. */
const ring = new Map<string, Buffer>();

/** Seals under a key that is derived from the installation's secret key. */
export class Sealer {
  readonly keyId: string;
  readonly #key: Buffer;

  constructor(secretKey: Buffer) {
    this.#key = Buffer.from(hkdfSync('sha256', secretKey, '', 'sluice sealed values 1', 32));
    this.keyId = createHash('sha256').update('key id').update(this.#key).digest('hex').slice(0, 16);
    ring.set(this.keyId, this.#key);
  }

  /** `text` is the value as canonical JSON. */
  seal(text: string, place: SealedPlace): string {
    const nonce = randomBytes(nonceBytes);
    const at = placeText(place);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(at));
    const parts = [nonce, cipher.update(text, 'utf8'), cipher.final()];
    const payload = Buffer.concat([...parts, cipher.getAuthTag()]).toString('base64url');
    return `${beginning}${this.keyId}:${payload}:${at}`;
  }
}

export const isSealed = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(beginning) && whole.test(value);

/** Whether something in plain data could be taken for a sealed value. */
export const looksSealed = (data: unknown): boolean => JSON.stringify(data).includes(beginning);

/** Whether a sealed value was sealed for this place. */
export const liesAt = (sealed: string, place: SealedPlace): boolean =>
  whole.exec(sealed)?.[3] === placeText(place);

/** The value as canonical JSON. Throws a `SluiceError` when the key for it is not there, or it was tampered with. */
export function openSealed(sealed: string): string {
  const [, keyId = '', payload = '', at = ''] = whole.exec(sealed) ?? [];
  const key = ring.get(keyId);
  if (!key)
    throw unreadable(at, { en: `key ${keyId} is not this server's`, zh: `密钥 ${keyId} 不是本服务器的` });
  const bytes = Buffer.from(payload, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(at)).setAuthTag(bytes.subarray(-tagBytes));
  try {
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    throw unreadable(at, { en: 'it was changed in the database', zh: '它在数据库中被改动过' });
  }
}

/** JSON text with every sealed value in it opened. */
export const openText = (text: string): string =>
  text.includes(beginning) ? text.replace(inText, (_, sealed: string) => openSealed(sealed)) : text;

/** Plain data with every sealed value in it masked: what leaves the server, or goes into its log. */
export function masked<T>(data: T): T {
  if (typeof data === 'string')
    return (data.includes(beginning) ? data.replace(anywhere, maskedValue) : data) as T;
  if (Array.isArray(data)) return mapped(data, (items) => items.map(masked)) as T;
  if (typeof data !== 'object' || data === null || data instanceof Date) return data;
  return mapped(data, (fields) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, masked(value)])),
  ) as T;
}

/** What holds nothing sealed stays the same object. */
function mapped<D extends object>(data: D, map: (data: D) => unknown): unknown {
  return hasSealed(data) ? map(data) : data;
}

function hasSealed(data: unknown): boolean {
  if (typeof data === 'string') return data.includes(beginning);
  return typeof data === 'object' && data !== null && Object.values(data).some(hasSealed);
}

const unreadable = (at: string, reason: { en: string; zh: string }): SluiceError =>
  new SluiceError('wrong_state', {
    reason: {
      en: `the secret value at ${at} cannot be opened: ${reason.en}. Start the server with the SLUICE_SECRET_KEY that it was stored with, or write the value anew`,
      zh: `无法打开 ${at} 的机密值：${reason.zh}。请使用存储时的 SLUICE_SECRET_KEY 启动服务器，或重新写入该值`,
    },
  });
