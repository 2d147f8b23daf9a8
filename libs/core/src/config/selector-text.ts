import type { ErrorText } from '../errors/error-code.ts';
import { type Answer, accept, type Refusal, refuse } from '../errors/refusal.ts';
import { isName } from '../model/limits.ts';
import type { LabelTerm } from './select.ts';

/** How long a text, and how many conditions, one selector may have. */
export const selectorLimits = { textLength: 4096, terms: 64, valueLength: 256 } as const;

const texts = {
  empty: {
    en: 'a selector needs at least one condition, such as "zone in (a,b)" or "version=2.3"',
    zh: '选择器至少需要一个条件，例如“zone in (a,b)”或“version=2.3”',
  },
  too_long: {
    en: 'a selector has at most {textLength} characters, {terms} conditions and {valueLength} characters a value',
    zh: '选择器最多 {textLength} 个字符、{terms} 个条件，每个值最多 {valueLength} 个字符',
  },
  label_expected: {
    en: 'column {column}: here a label was expected, found {found}',
    zh: '第 {column} 列：此处应为标签名，实际为 {found}',
  },
  bad_label: {
    en: 'column {column}: {found} is no label: 1-128 of A-Z a-z 0-9 . _ -',
    zh: '第 {column} 列：{found} 不是合法的标签名：1-128 个 A-Z a-z 0-9 . _ -',
  },
  operator_expected: {
    en: 'column {column}: after a label comes =, !=, in (…), notin (…) or a comma, found {found}',
    zh: '第 {column} 列：标签名之后应为 =、!=、in (…)、notin (…) 或逗号，实际为 {found}',
  },
  list_expected: {
    en: 'column {column}: here a list such as (a,b) was expected, found {found}',
    zh: '第 {column} 列：此处应为列表，例如 (a,b)，实际为 {found}',
  },
  value_expected: {
    en: 'column {column}: here a value was expected, found {found}; write an empty value, or one with signs in it, in quotes',
    zh: '第 {column} 列：此处应为值，实际为 {found}；空值或含特殊符号的值请加引号',
  },
  list_end_expected: {
    en: 'column {column}: here a comma or ")" was expected, found {found}',
    zh: '第 {column} 列：此处应为逗号或“)”，实际为 {found}',
  },
  comma_expected: {
    en: 'column {column}: conditions are joined by commas, all must hold; found {found}',
    zh: '第 {column} 列：条件之间用逗号分隔，且须全部成立；实际为 {found}',
  },
  open_quote: {
    en: 'column {column}: this quote is not closed',
    zh: '第 {column} 列：引号没有闭合',
  },
} as const satisfies Record<string, ErrorText>;

type Code = keyof typeof texts;

/** Why a text is no selector, and which part of it: `at` counts UTF-16 units from 0, `length` may be 0 at the end. */
export interface SelectorProblem extends Refusal<Code> {
  readonly at: number;
  readonly length: number;
}

interface Token {
  readonly kind: 'word' | 'quoted' | 'sign' | 'end' | 'open';
  readonly text: string;
  readonly at: number;
  readonly length: number;
}

/** Signs as a Chinese keyboard types them count as the plain ones. */
const wideSigns: ReadonlyMap<string, string> = new Map([
  ['，', ','],
  ['（', '('],
  ['）', ')'],
  ['＝', '='],
  ['！', '!'],
]);

const plain = String.raw`[^\s"'\\,()=!<>&|;，（）＝！]+`;
const isPlain = new RegExp(`^${plain}$`);
/** In this order: a closed quote, one that stays open, a word, a sign. */
const tokenPattern = new RegExp(
  String.raw`("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(["'].*)|(${plain})|([!=！＝][=＝]|\S)`,
  'gs',
);

function tokensOf(text: string): Token[] {
  const tokens = Array.from(text.matchAll(tokenPattern), (match): Token => {
    const [whole, quoted, open, word] = match;
    const place = { at: match.index, length: whole.length };
    if (quoted !== undefined)
      return { kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/gs, '$1'), ...place };
    if (open !== undefined) return { kind: 'open', text: open, ...place };
    if (word !== undefined) return { kind: 'word', text: word, ...place };
    return { kind: 'sign', text: Array.from(whole, (c) => wideSigns.get(c) ?? c).join(''), ...place };
  });
  return [...tokens, { kind: 'end', text: '', at: text.length, length: 0 }];
}

/** Carries the problem out of the depth of the grammar; never leaves this file. */
class Stop extends Error {
  readonly problem: SelectorProblem;

  constructor(code: Code, token: Token) {
    super(code);
    const end: ErrorText = { en: 'the end', zh: '结尾' };
    const found = token.kind === 'end' ? end : JSON.stringify(token.text);
    const { refusal } = refuse(texts, code, { ...selectorLimits, column: token.at + 1, found });
    this.problem = { ...refusal, at: token.at, length: token.length };
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get peek(): Token {
    return this.#tokens[this.#next]!;
  }

  /** Stays at the end. */
  take(): Token {
    const token = this.peek;
    this.#next = Math.min(this.#next + 1, this.#tokens.length - 1);
    return token;
  }

  /** Takes the next token when it is this sign. */
  took(sign: string): boolean {
    const is = this.peek.kind === 'sign' && this.peek.text === sign;
    if (is) this.#next++;
    return is;
  }

  tookWord(word: string): boolean {
    const is = this.peek.kind === 'word' && this.peek.text.toLowerCase() === word;
    if (is) this.#next++;
    return is;
  }

  all(): LabelTerm[] {
    const first = this.peek;
    if (first.kind === 'end') throw new Stop('empty', first);
    const terms: LabelTerm[] = [];
    do {
      if (terms.length === selectorLimits.terms) throw new Stop('too_long', this.peek);
      terms.push(this.#term());
    } while (this.took(','));
    const last = this.peek;
    if (last.kind !== 'end') throw new Stop('comma_expected', last);
    return terms;
  }

  #term(): LabelTerm {
    if (this.took('!')) return { label: this.#label(), op: 'absent' };
    const label = this.#label();
    const after = this.peek;
    if (after.kind === 'end' || (after.kind === 'sign' && after.text === ',')) return { label, op: 'exists' };
    if (this.took('=') || this.took('==')) return { label, op: 'in', values: [this.#value()] };
    if (this.took('!=')) return { label, op: 'notIn', values: [this.#value()] };
    if (this.tookWord('in')) return { label, op: 'in', values: this.#list() };
    if (this.tookWord('notin')) return { label, op: 'notIn', values: this.#list() };
    if (this.tookWord('not')) {
      if (!this.tookWord('in')) throw new Stop('operator_expected', after);
      return { label, op: 'notIn', values: this.#list() };
    }
    throw new Stop('operator_expected', after);
  }

  #label(): string {
    const token = this.take();
    if (token.kind !== 'word') throw new Stop('label_expected', token);
    if (!isName(token.text)) throw new Stop('bad_label', token);
    return token.text;
  }

  #list(): string[] {
    if (!this.took('(')) throw new Stop('list_expected', this.peek);
    const values: string[] = [];
    do values.push(this.#value());
    while (this.took(','));
    if (!this.took(')')) throw new Stop('list_end_expected', this.peek);
    return values;
  }

  #value(): string {
    const token = this.take();
    if (token.kind === 'open') throw new Stop('open_quote', token);
    if (token.kind !== 'word' && token.kind !== 'quoted') throw new Stop('value_expected', token);
    if (token.text.length > selectorLimits.valueLength) throw new Stop('too_long', token);
    return token.text;
  }
}

/**
 * Reads a label selector as people write it: `zone in (a,b), version=2.3, tier!=spot, rack notin (7,8), gpu, !old`.
 * All conditions must hold. A value that is empty or has spaces or signs in it stands in quotes, with `\` before a
 * quote or a backslash. `==` is `=`, `not in` is `notin`; commas, brackets, `=` and `!` may be full-width. An empty
 * text is refused: nobody should reach everyone by leaving a field blank.
 */
export function parseSelector(text: string): Answer<readonly LabelTerm[], SelectorProblem> {
  try {
    if (text.length > selectorLimits.textLength) {
      const { textLength } = selectorLimits;
      const rest = { at: textLength, length: text.length - textLength };
      throw new Stop('too_long', { kind: 'word', text: '', ...rest });
    }
    return accept(new Reader(text).all());
  } catch (error) {
    if (error instanceof Stop) return { ok: false, refusal: error.problem };
    throw error;
  }
}

const printValue = (value: string): string =>
  isPlain.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;

function printTerm({ label, op, values = [] }: LabelTerm): string {
  const [only = ''] = values;
  const printed = values.map(printValue).join(',');
  switch (op) {
    case 'exists':
      return label;
    case 'absent':
      return `!${label}`;
    case 'in':
      return values.length === 1 ? `${label}=${printValue(only)}` : `${label} in (${printed})`;
    case 'notIn':
      return values.length === 1 ? `${label}!=${printValue(only)}` : `${label} notin (${printed})`;
  }
}

/** Writes conditions so that `parseSelector` reads the same ones again. */
export function printSelector(terms: readonly LabelTerm[]): string {
  return terms.map(printTerm).join(', ');
}
