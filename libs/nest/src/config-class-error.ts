import { text } from './texts.ts';

/** Config classes are written wrongly, so the app does not start. Says everything that is wrong with one. */
export class ConfigClassError extends Error {
  override readonly name = 'ConfigClassError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`${text('lead')}\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}
