import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Env, EnvError } from './env.ts';
import { writePrivateFile } from './private-file.ts';
import { isWeakKey } from './weak-key.ts';

/** The 32 bytes that everything secret at rest is sealed with: the same ones for the life of an installation. */
export class SecretKey {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/**
 * The key of the settings, else the one in `<dataDir>/secret-key`, made on the first start. A file that is there but
 * cannot be used stops the server: a new key in its place would make everything sealed unreadable.
 */
export function loadSecretKey(env: Env): SecretKey {
  if (env.secretKey) return new SecretKey(env.secretKey);
  const file = join(env.dataDir, 'secret-key');
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(32).toString('hex')}\n`);
  else if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new EnvError({
      en: `The key file ${file} can be read by other users of this machine. Nothing was changed. Make it private (chmod 600) and start again.`,
      zh: `密钥文件 ${file} 可被本机其他用户读取。没有任何更改。请将其设为私有（chmod 600）后重新启动。`,
    });
  const text = readFileSync(file, 'utf8').trim();
  const bytes = Buffer.from(text, 'hex');
  if (!/^[0-9a-f]{64}$/i.test(text) || isWeakKey(bytes))
    throw new EnvError({
      en: `The key file ${file} does not hold 32 random bytes as 64 hex digits. Nothing was changed. Restore it from a backup; delete it only if nothing secret was stored.`,
      zh: `密钥文件 ${file} 的内容不是以 64 位十六进制表示的 32 个随机字节。没有任何更改。请从备份恢复；仅当未保存过任何机密时才可删除。`,
    });
  return new SecretKey(bytes);
}
