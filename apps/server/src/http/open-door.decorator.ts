import { SetMetadata } from '@nestjs/common';

export const OPEN_DOOR = 'sluice:open-door';

/** Marks one of the few routes that are no operation of the API (its documentation), with the reason why it is open. */
export const OpenDoor = (reason: string): MethodDecorator => SetMetadata(OPEN_DOOR, reason);
