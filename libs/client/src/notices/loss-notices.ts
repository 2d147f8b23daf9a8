import type { LinkLoss } from '../link/link.ts';
import type { Settings } from '../options.ts';
import type { Readiness } from '../readiness.ts';
import type { Store } from '../snapshot/store.ts';
import { holding } from './holding.ts';
import type { Notices } from './notices.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Says why the server can't be reached or won't have this client, what it runs on meanwhile, and when it tries again. */
export class LossNotices {
  readonly #settings: Settings;
  readonly #notices: Notices;
  readonly #store: Store;
  readonly #readiness: Readiness;

  constructor(settings: Settings, notices: Notices, store: Store, readiness: Readiness) {
    this.#settings = settings;
    this.#notices = notices;
    this.#store = store;
    this.#readiness = readiness;
  }

  lost(loss: LinkLoss): void {
    if (loss.why === 'refused') {
      this.refused(loss.frame, loss.retryMs);
      return;
    }
    const { server } = this.#settings;
    const common = { server, ...this.#running(loss.retryMs) };
    if (loss.why === 'stalled') this.#notices.warn('link_stalled', common);
    else this.#notices.warn('server_unreachable', { ...common, reason: loss.reason });
  }

  refused({ code, message: reason }: Refusal, retryMs: number): void {
    const common = { reason, ...this.#running(retryMs) };
    const { token } = this.#settings;
    if (code === 'unauthenticated')
      this.#notices.warn('token_refused', { token: token ? `${token.slice(0, 8)}...` : '""', ...common });
    else this.#notices.warn('link_refused', { code, ...common }, code);
  }

  #running(retryMs: number) {
    const held = this.#store.live.namespaces.values();
    const now = this.#settings.clock.now();
    return {
      holding: holding(held, this.#readiness.confirmedAt, now, this.#notices.language),
      retrySec: Math.max(1, Math.round(retryMs / 1000)),
    };
  }
}
