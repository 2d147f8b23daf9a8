import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
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

  /** Without alerts it is a test. Never rejects for what the other end does. */
  async send(
    webhook: WebhookEntity,
    alerts: readonly ToldAlert[],
    messageId: string = randomUUID(),
  ): Promise<WebhookOutcome> {
    const [url, secret] = [opened(webhook.sealedUrl), opened(webhook.sealedSecret)];
    const message = messageFor(webhook.kind, url!, secret, {
      alerts,
      environment: webhook.environment,
      language: webhook.language,
      ...(this.#env.publicUrl !== undefined && { consoleUrl: this.#env.publicUrl }),
      messageId,
      nowMs: this.#clock.now(),
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
