import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.ts';
import { AccountStore } from './account.store.ts';
import { Authenticator } from './authenticator.ts';
import { HoldersRead } from './holders.read.ts';
import { LoginToken } from './login-token.ts';
import { PasswordCheck } from './password-check.ts';
import { PasswordHasher } from './password-hasher.ts';
import { Places } from './places.ts';
import { SessionController } from './session.controller.ts';
import { SessionService } from './session.service.ts';
import { SessionStore } from './session.store.ts';
import { SessionsController } from './sessions.controller.ts';
import { SessionsService } from './sessions.service.ts';
import { SetupController } from './setup.controller.ts';
import { SetupService } from './setup.service.ts';
import { SetupToken } from './setup-token.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { TokenStore } from './token.store.ts';
import { TokensController } from './tokens.controller.ts';
import { TokensRead } from './tokens.read.ts';
import { TokensService } from './tokens.service.ts';
import { UsersController } from './users.controller.ts';
import { UsersRead } from './users.read.ts';
import { UsersService } from './users.service.ts';

/** Who may come in, and what they may do here. */
@Global()
@Module({
  controllers: [SetupController, SessionController, SessionsController, UsersController, TokensController],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    AccountStore,
    Authenticator,
    HoldersRead,
    LoginToken,
    PasswordCheck,
    PasswordHasher,
    Places,
    SessionService,
    SessionStore,
    SessionsService,
    SetupService,
    SetupToken,
    SignInLimits,
    TokenStore,
    TokensRead,
    TokensService,
    UsersRead,
    UsersService,
  ],
  exports: [SessionStore, TokenStore],
})
export class AccessModule {}
