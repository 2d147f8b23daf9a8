import { type ErrorText, fillText, type Language } from '@sluice/core';
import type { Clock } from '../clock.ts';
import { isPromise } from '../guard/outcome-of.ts';
import { type NoticeCode, notices } from './catalog.ts';
import type { Logger, Notice } from './notice.ts';

const quietMs = 60_000;

/** Says things to people, each code and subject at most once a minute. Never throws. */
export class Notices {
  readonly #logger: Logger | false;
  readonly #clock: Clock;
  readonly language: Language;
  readonly #said = new Map<string, number>();
  /** Called for each notice, said or not. */
  heard: (notice: Notice) => void = () => undefined;

  constructor(logger: Logger | false, clock: Clock, language: Language) {
    this.#logger = logger;
    this.#clock = clock;
    this.language = language;
  }

  /** `subject` tells apart notices of one code that are about different things. */
  warn(
    code: NoticeCode,
    given: Readonly<Record<string, string | number | ErrorText>> = {},
    subject = '',
  ): void {
    const params = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        typeof value === 'object' ? value[this.language] : value,
      ]),
    );
    const notice: Notice = { code, params, text: fillText(notices[code][this.language], params) };
    this.heard(notice);
    const [key, now] = [`${code} ${subject}`, this.#clock.monotonic()];
    const last = this.#said.get(key);
    if (last !== undefined && now - last < quietMs) return;
    if (this.#said.size > 1000) this.#said.clear();
    this.#said.set(key, now);
    if (!this.#logger) return;
    try {
      const answer: unknown = this.#logger.warn(`[sluice] ${code}: ${notice.text}`);
      if (isPromise(answer)) answer.then(undefined, () => undefined);
    } catch {
      // A logger that throws must not take the app down with it.
    }
  }
}
