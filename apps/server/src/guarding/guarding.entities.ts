import { KillAckEntity, KillSwitchEntity } from './kill-switch.entity.ts';
import { LeaseDemandEntity } from './lease-demand.entity.ts';

export const guardingEntities = [KillSwitchEntity, KillAckEntity, LeaseDemandEntity];
