/** Keys that stand in documentation and examples, ours and others', begin like this. */
const knownBeginnings = ['SecretKey', 'changeme', 'change-me', 'sluice', 'secret', 'password', '0123456789'];

/** Whether nobody could have drawn this key by chance: a repeated pattern, a run, or the beginning of a known one. */
export function isWeakKey(key: Buffer): boolean {
  if (key.length < 32 || new Set(key).size < 12) return true;
  const steps = new Set(key.subarray(1).map((byte, i) => byte - key[i]!));
  if (steps.size <= 2) return true;
  const text = key.toString('latin1').toLowerCase();
  return knownBeginnings.some((beginning) => text.startsWith(beginning.toLowerCase()));
}
