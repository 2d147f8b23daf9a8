import { DraftEntity, StashEntity } from './draft.entity.ts';
import { IdempotencyEntity } from './idempotency.entity.ts';
import { EffectiveEntity, LayerEntity } from './layer.entity.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { PushEntity, PushNamespaceEntity } from './push.entity.ts';
import { ReleaseEntity } from './release.entity.ts';

export const releasesEntities = [
  NamespaceEntity,
  ReleaseEntity,
  DraftEntity,
  StashEntity,
  PushEntity,
  PushNamespaceEntity,
  LayerEntity,
  EffectiveEntity,
  IdempotencyEntity,
];
