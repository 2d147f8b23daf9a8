/** An address as eight groups of 16 bits; one of IPv4 is `::ffff:a.b.c.d`, so both forms of it are the same. */
type Groups = readonly number[];

interface IpRange {
  readonly groups: Groups;
  readonly bits: number;
}

function parseV4(text: string): Groups | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  const [a, b, c, d] = parts.map(Number) as [number, number, number, number];
  return [0, 0, 0, 0, 0, 0xffff, (a << 8) | b, (c << 8) | d];
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (v4) groups.push(v4[6]!, v4[7]!);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function parseAddress(text: string): Groups | undefined {
  if (!text.includes(':')) return parseV4(text);
  const [, plain = ''] = /^([^%]*)(%[\w.-]+)?$/.exec(text) ?? [];
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!);
  const tail = parseGroups(halves[1] ?? '');
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

const mapped = '::ffff:';

/** An address as rules see it: a socket that takes both kinds writes `::ffff:10.0.0.1` for what is `10.0.0.1`. */
export function plainAddress(text: string): string {
  return text.startsWith(mapped) && text.includes('.') ? text.slice(mapped.length) : text;
}

/** The one text of an address, as Node writes it (RFC 5952) and rules see it; what is none, or a range, stays as it is. */
export function addressText(text: string): string {
  const groups = text.includes('%') ? undefined : parseAddress(text);
  if (!groups) return text;
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.');
  // The longest run of zeros, of those the first, is left out; one alone is not.
  let [start, length] = [0, 1];
  for (let i = 0; i < groups.length; i++) {
    let zeros = 0;
    while (groups[i + zeros] === 0) zeros++;
    if (zeros > length) [start, length] = [i, zeros];
  }
  const written = (some: Groups): string => some.map((group) => group.toString(16)).join(':');
  if (length === 1) return written(groups);
  return `${written(groups.slice(0, start))}::${written(groups.slice(start + length))}`;
}

function parseRange(text: string): IpRange | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const groups = parseAddress(address);
  if (!groups || more.length > 0) return undefined;
  if (bits === undefined) return { groups, bits: 128 };
  const isV4 = !address.includes(':');
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > (isV4 ? 32 : 128)) return undefined;
  return { groups, bits: Number(bits) + (isV4 ? 96 : 0) };
}

/** Whether `text` is an address of IPv4 or IPv6, or a range of them such as `10.0.0.0/8`. */
export function isIpRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

function holds(range: IpRange, groups: Groups): boolean {
  for (let i = 0, bits = range.bits; bits > 0; i++, bits -= 16) {
    const shift = bits >= 16 ? 0 : 16 - bits;
    if (range.groups[i]! >> shift !== groups[i]! >> shift) return false;
  }
  return true;
}

/** Whether an address lies in one of these ranges; what is no address lies in none. Ranges that can't be read are none. */
export function ipMatcher(ranges: readonly string[]): (ip: string) => boolean {
  const parsed = ranges.map(parseRange).filter((range) => range !== undefined);
  return (ip) => {
    const groups = parseAddress(ip);
    return groups !== undefined && parsed.some((range) => holds(range, groups));
  };
}
