/** Edits (insert, delete, replace, swap of neighbours) that make one word the other, ignoring case. */
export function editDistance(a: string, b: string): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let best = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}

/** The known word that was most likely meant, or undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    const near = distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (near && (!best || distance < best.distance)) best = { word: candidate, distance };
  }
  return best?.word;
}

const digits = /\d+/g;

/** Whether a new name is so like a known one that it is more likely a slip: other case, one letter off. Numbering isn't. */
export function lookalike(word: string, known: Iterable<string>): string | undefined {
  for (const candidate of known) {
    if (word.replace(digits, '') === candidate.replace(digits, '')) continue;
    const plain = (text: string): string => text.toLowerCase().replace(/[._-]/g, '');
    if (plain(word) === plain(candidate)) return candidate;
    if (Math.min(word.length, candidate.length) >= 5 && editDistance(word, candidate) === 1) return candidate;
  }
  return undefined;
}
