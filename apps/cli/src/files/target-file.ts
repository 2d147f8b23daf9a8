import type { Io } from '../host/io.ts';
import { type Bundle, notABundle, parseBundle } from './bundle.ts';
import { documentFrom } from './namespaces-from-files.ts';
import { readSource } from './read-source.ts';

/** The `-f` file of apply and diff: an export, or with a namespace's name the document itself. */
export async function readTargetFile(io: Io, path: string, namespace?: string): Promise<Bundle> {
  const text = await readSource(io, path);
  if (namespace !== undefined) return { namespaces: [documentFrom(namespace, path, text)] };
  const bundle = await parseBundle(path, text);
  if (!bundle) throw await notABundle(path, text);
  return bundle;
}
