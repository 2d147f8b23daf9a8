/** Numbers that look random and are the same each time: `below` and more never come. */
export type Draw = (below: number) => number;

export function drawing(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}
