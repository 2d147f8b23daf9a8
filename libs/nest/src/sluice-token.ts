import { Inject } from '@nestjs/common';

/** The token of the client, for factories: `inject: [SLUICE]`. */
export const SLUICE = Symbol('SLUICE');

/** Injects the client itself: `constructor(@InjectSluice() private readonly sluice: Sluice)`. */
export const InjectSluice = (): PropertyDecorator & ParameterDecorator => Inject(SLUICE);
