import { Global, Module } from '@nestjs/common';
import type { ScriptHostOptions } from '@sluice/scripts';
import { SCRIPT_CHECKER } from '../releases/content/script-check.ts';
import { GoodScripts } from './good-scripts.ts';
import { RecordedInputs } from './recorded-inputs.ts';
import { RELEASE_DESK, SCRIPT_HOST_OPTIONS, ScriptDesk } from './script-desk.ts';
import { ScriptStates } from './script-states.ts';
import { ScriptStatusRead } from './script-status.read.ts';
import { ScriptsController } from './scripts.controller.ts';
import { ScriptsService } from './scripts.service.ts';

/** Tries end after 15 s, so a single script is not held to a share of the processor. */
const hostOptions: ScriptHostOptions = { spare: false, cpuMsPerSec: 100_000 };

/** Scripts before they are in force: whether they run, and what they would answer. */
@Global()
@Module({
  controllers: [ScriptsController],
  providers: [
    { provide: SCRIPT_HOST_OPTIONS, useValue: { ...hostOptions } },
    ScriptDesk,
    {
      provide: RELEASE_DESK,
      useFactory: (options: ScriptHostOptions) => new ScriptDesk(options),
      inject: [SCRIPT_HOST_OPTIONS],
    },
    GoodScripts,
    { provide: SCRIPT_CHECKER, useExisting: GoodScripts },
    RecordedInputs,
    ScriptStates,
    ScriptStatusRead,
    ScriptsService,
  ],
  exports: [SCRIPT_CHECKER],
})
export class ScriptsModule {}
