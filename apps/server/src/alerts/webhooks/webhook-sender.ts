import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { WebhookOutcome } from '@sluice/protocol';
import { Clock } from '../../env/clock.ts';
import type { Env } from '../../env/env.ts';
import { openSealed, Sealer } from '../../env/sealed-value.ts';
import { ENV } from '../../env/tokens.ts';
import type { ToldAlert, WebhookEntity } from '../alerts.entities.ts';
import { messageFor, refusalIn } from './message.ts';
import { isOpenHost } from './open-address.ts';
import { send } from './send.ts';

/** Seals the addresses of webhooks, opens them and sends: the only place that knows them whole. */
@Injectable()
export class WebhookSender {
  readonly #env: Env;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  constructor(@Inject(ENV) env: Env, @Inject(Sealer) sealer: Sealer, @Inject(Clock) clock: Clock) {
    this.#env = env;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /** Whether messages may go there, as far as the address itself says. */
  mayReach(url: string): boolean {
    return isOpenHost(new URL(url), this.#env.webhookHosts);
  }

  seal(
    text: string,
    { environment, id }: Pick<WebhookEntity, 'environment' | 'id'>,
    key: 'url' | 'secret',
  ): string {
    const place = { environment, app: '-', namespace: `webhook.${id}`, key };
    return this.#sealer.seal(JSON.stringify(text), place);
  }

  /** Without alerts it is a test. Never rejects. */
  async send(
    webhook: WebhookEntity,
    alerts: readonly ToldAlert[],
    messageId: string = randomUUID(),
  ): Promise<WebhookOutcome> {
    const nowMs = this.#clock.now();
    let address: { url: string; secret: string | undefined };
    try {
      address = { url: opened(webhook.sealedUrl)!, secret: opened(webhook.sealedSecret) };
    } catch (error) {
      // The database came here without the key that it was sealed under: that is to be seen, and tried no longer.
      const reply = error instanceof SluiceError ? error.message : String(error);
      return { at: new Date(nowMs).toISOString(), ok: false, reply, tookMs: 0 };
    }
    const message = messageFor(webhook.kind, address.url, address.secret, {
      alerts,
      environment: webhook.environment,
      language: webhook.language,
      ...(this.#env.publicUrl !== undefined && { consoleUrl: this.#env.publicUrl }),
      messageId,
      nowMs,
    });
    return send(message, {
      allowed: this.#env.webhookHosts,
      isRefusal: (answer) => refusalIn(webhook.kind, answer),
      now: () => this.#clock.now(),
    });
  }
}

const opened = (sealed: string | null): string | undefined =>
  sealed === null ? undefined : (JSON.parse(openSealed(sealed)) as string);
