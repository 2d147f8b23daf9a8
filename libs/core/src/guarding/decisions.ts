import type { Block } from './block.ts';

const remembered = 1000;

/** Numbers refusals, and remembers the last thousand of them, so that each can be explained for a while. */
export class Decisions {
  readonly #prefix: string;
  readonly #blocks: Block[] = [];
  #count = 0;

  /** `prefix` tells instances and starts apart. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  nextId(): string {
    this.#count += 1;
    return `${this.#prefix}-${this.#count.toString(36)}`;
  }

  /** Keeps the refusal that has the newest id. */
  keep(block: Block): void {
    this.#blocks[this.#count % remembered] = block;
  }

  /** The refusal of this id; undefined when it is of another instance, or long ago. */
  find(decisionId: string): Block | undefined {
    if (!decisionId.startsWith(`${this.#prefix}-`)) return undefined;
    const count = Number.parseInt(decisionId.slice(this.#prefix.length + 1), 36);
    const block = this.#blocks[count % remembered];
    return block?.decisionId === decisionId ? block : undefined;
  }
}
