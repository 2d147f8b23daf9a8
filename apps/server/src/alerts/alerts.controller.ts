import { Controller, Inject } from '@nestjs/common';
import { type Contracts, contracts, type ResponseOf } from '@sluice/protocol';
import { In, type Input } from '../http/input.decorator.ts';
import { Operation } from '../http/operation.decorator.ts';
import { AlertsRead } from './alerts.read.ts';
import { AlertsService } from './alerts.service.ts';
import { WebhooksService } from './webhooks/webhooks.service.ts';

type Answer<Id extends keyof Contracts> = Promise<ResponseOf<Contracts[Id]>>;

@Controller()
export class AlertsController {
  readonly #read: AlertsRead;
  readonly #alerts: AlertsService;
  readonly #webhooks: WebhooksService;

  constructor(
    @Inject(AlertsRead) read: AlertsRead,
    @Inject(AlertsService) alerts: AlertsService,
    @Inject(WebhooksService) webhooks: WebhooksService,
  ) {
    this.#read = read;
    this.#alerts = alerts;
    this.#webhooks = webhooks;
  }

  @Operation(contracts.listAlerts)
  list(@In() input: Input<Contracts['listAlerts']>): Answer<'listAlerts'> {
    return this.#read.list(input);
  }

  @Operation(contracts.acknowledgeAlert)
  acknowledge(@In() input: Input<Contracts['acknowledgeAlert']>): Answer<'acknowledgeAlert'> {
    return this.#alerts.acknowledge(input);
  }

  @Operation(contracts.listAlertSettings)
  settings(@In() input: Input<Contracts['listAlertSettings']>): Answer<'listAlertSettings'> {
    return this.#read.settings(input);
  }

  @Operation(contracts.changeAlertSetting)
  changeSetting(@In() input: Input<Contracts['changeAlertSetting']>): Answer<'changeAlertSetting'> {
    return this.#alerts.changeSetting(input);
  }

  @Operation(contracts.listAlertSilences)
  silences(@In() input: Input<Contracts['listAlertSilences']>): Answer<'listAlertSilences'> {
    return this.#read.silences(input);
  }

  @Operation(contracts.createAlertSilence)
  silence(@In() input: Input<Contracts['createAlertSilence']>): Answer<'createAlertSilence'> {
    return this.#alerts.silence(input);
  }

  @Operation(contracts.endAlertSilence)
  endSilence(@In() input: Input<Contracts['endAlertSilence']>): Answer<'endAlertSilence'> {
    return this.#alerts.endSilence(input);
  }

  @Operation(contracts.listWebhooks)
  webhooks(@In() input: Input<Contracts['listWebhooks']>): Answer<'listWebhooks'> {
    return this.#webhooks.list(input);
  }

  @Operation(contracts.createWebhook)
  createWebhook(@In() input: Input<Contracts['createWebhook']>): Answer<'createWebhook'> {
    return this.#webhooks.create(input);
  }

  @Operation(contracts.changeWebhook)
  changeWebhook(@In() input: Input<Contracts['changeWebhook']>): Answer<'changeWebhook'> {
    return this.#webhooks.change(input);
  }

  @Operation(contracts.deleteWebhook)
  deleteWebhook(@In() input: Input<Contracts['deleteWebhook']>): Answer<'deleteWebhook'> {
    return this.#webhooks.delete(input);
  }

  @Operation(contracts.testWebhook)
  testWebhook(@In() input: Input<Contracts['testWebhook']>): Answer<'testWebhook'> {
    return this.#webhooks.test(input);
  }
}
