/** One line of a benchmark: ours against a peer that was measured in the same run. */
export interface BenchLine {
  readonly name: string;
  readonly ours: number;
  readonly unit: string;
  readonly peer: string;
  readonly peerValue: number;
  readonly ratio: number;
  readonly goal: number;
  readonly better: 'lower' | 'higher';
  readonly met: boolean;
}

/** A line whose goal is a ratio to the peer. */
export function against(line: Omit<BenchLine, 'ratio' | 'met'>): BenchLine {
  const ratio = line.ours / line.peerValue;
  return { ...line, ratio, met: line.better === 'lower' ? ratio <= line.goal : ratio >= line.goal };
}

/** A line whose goal is a bound of its own; the "peer" is the bound. */
export function within(
  line: Omit<BenchLine, 'ratio' | 'met' | 'peer' | 'peerValue' | 'goal'> & { bound: number },
): BenchLine {
  const { bound, ...rest } = line;
  return against({ ...rest, peer: 'bound', peerValue: bound, goal: 1 });
}

const round = (value: number): number => Number(value.toPrecision(4));

/** Prints the table for people and, as the last line, JSON for programs. */
export function report(bench: string, lines: readonly BenchLine[]): void {
  console.table(
    lines.map((l) => ({
      what: l.name,
      ours: `${round(l.ours)} ${l.unit}`,
      peer: `${l.peer} ${round(l.peerValue)} ${l.unit}`,
      ratio: round(l.ratio),
      goal: `${l.better === 'lower' ? '<=' : '>='} ${l.goal}`,
      met: l.met ? 'yes' : 'NO',
    })),
  );
  const results = lines.map((l) => ({
    ...l,
    ours: round(l.ours),
    peerValue: round(l.peerValue),
    ratio: round(l.ratio),
  }));
  console.log(JSON.stringify({ bench, results }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
