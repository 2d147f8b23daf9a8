import { Global, Module } from '@nestjs/common';
import { GraySides } from './gray-sides.ts';
import { GuardrailRead } from './guardrail.read.ts';
import { GuardrailHalt } from './guardrail-halt.ts';
import { GuardrailParts } from './guardrail-parts.ts';
import { GuardrailRetention } from './guardrail-retention.ts';
import { GuardrailsController } from './guardrails.controller.ts';
import { Guardrails } from './guardrails.ts';
import { JudgementStore } from './judgement.store.ts';

/** Judges grays by the calls of their instances, and halts those that make it worse. */
@Global()
@Module({
  controllers: [GuardrailsController],
  providers: [
    Guardrails,
    GraySides,
    GuardrailParts,
    GuardrailHalt,
    GuardrailRead,
    GuardrailRetention,
    JudgementStore,
  ],
})
export class GuardrailsModule {}
