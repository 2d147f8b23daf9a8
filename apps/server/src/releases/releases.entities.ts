import { DraftEntity, StashEntity } from './draft.entity.ts';
import { IdempotencyEntity } from './idempotency.entity.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { PushEntity } from './push.entity.ts';
import { ReleaseEntity } from './release.entity.ts';

export const releasesEntities = [
  NamespaceEntity,
  ReleaseEntity,
  DraftEntity,
  StashEntity,
  PushEntity,
  IdempotencyEntity,
];
