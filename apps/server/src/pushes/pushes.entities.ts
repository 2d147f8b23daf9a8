import { GroupEntity } from './group.entity.ts';
import { ApprovalEntity, CohortEntity, PushPlanEntity } from './push-parts.entity.ts';

export const pushesEntities = [GroupEntity, PushPlanEntity, CohortEntity, ApprovalEntity];
