import type { HeldNamespace } from './connection.ts';
import type { View } from './target.ts';

/** What stands for "not known": no set of layers has this key. */
const unknown = '?';

/**
 * The layers that an instance has of each namespace, by what its hello says. An equal digest doesn't tell which layers
 * it is composed of: those of another revision, and those with an end that somebody else's clock counts, are sent anew.
 */
export function layersByHello(
  held: readonly HeldNamespace[],
  view: View,
): readonly (readonly [string, string])[] {
  const known: [string, string][] = [];
  for (const { name, revision } of held) {
    const wanted = view.namespaces.get(name);
    if (!wanted) continue;
    // Who doesn't say the revision holds no layers of his own that a global one alone could be mistaken for.
    const isSame = revision === undefined ? wanted.layersKey === '' : revision === wanted.revision;
    if (!isSame || wanted.hasTimeBox) known.push([name, unknown]);
    else if (wanted.layersKey !== '') known.push([name, wanted.layersKey]);
  }
  return known;
}
