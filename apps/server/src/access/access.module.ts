import { Global, Module } from '@nestjs/common';

/** Who may come in, and what they may do here. */
@Global()
@Module({})
export class AccessModule {}
