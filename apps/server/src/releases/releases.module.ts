import { Global, Module } from '@nestjs/common';
import { ChangesRead } from './changes.read.ts';
import { ContentCheck } from './content/content-check.ts';
import { DraftsController } from './drafts.controller.ts';
import { DraftsService } from './drafts.service.ts';
import { ExportRead } from './export.read.ts';
import { HistoryRead } from './history.read.ts';
import { ImportService } from './import.service.ts';
import { LayersRead } from './layers.read.ts';
import { LinkedPushes } from './linked-pushes.ts';
import { LinkerFit } from './linker-fit.ts';
import { LinksController } from './links.controller.ts';
import { LinksRead } from './links.read.ts';
import { LinksService } from './links.service.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { NamespacesController } from './namespaces.controller.ts';
import { NamespacesRead } from './namespaces.read.ts';
import { NamespacesService } from './namespaces.service.ts';
import { Once } from './once.ts';
import { PublishService } from './publish.service.ts';
import { PublishFreeze } from './publish-freeze.ts';
import { ReleaseWriter } from './release-writer.ts';
import { ReleasesController } from './releases.controller.ts';
import { ReleasesRead } from './releases.read.ts';
import { RollbackService } from './rollback.service.ts';
import { RollbackTargets } from './rollback-targets.ts';
import { RevealService } from './secrets/reveal.service.ts';
import { SecretDoor } from './secrets/secret-door.ts';
import { SecretsController } from './secrets/secrets.controller.ts';

/** What namespaces say: drafts, releases, history. */
@Global()
@Module({
  controllers: [
    NamespacesController,
    LinksController,
    DraftsController,
    ReleasesController,
    SecretsController,
  ],
  providers: [
    NamespaceFinder,
    ContentCheck,
    SecretDoor,
    RevealService,
    Once,
    PublishFreeze,
    LinkedPushes,
    LinksService,
    LinkerFit,
    LinksRead,
    ReleaseWriter,
    NamespacesRead,
    NamespacesService,
    DraftsService,
    PublishService,
    RollbackTargets,
    RollbackService,
    ImportService,
    HistoryRead,
    ExportRead,
    ChangesRead,
    ReleasesRead,
    LayersRead,
  ],
  exports: [
    RollbackTargets,
    NamespaceFinder,
    ReleasesRead,
    LayersRead,
    LinkedPushes,
    LinksService,
    ReleaseWriter,
    ContentCheck,
    SecretDoor,
    Once,
    PublishFreeze,
  ],
})
export class ReleasesModule {}
