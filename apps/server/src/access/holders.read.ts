import { Inject, Injectable } from '@nestjs/common';
import { allows, type Contracts, type Grant, type ResponseOf, reachOf } from '@sluice/protocol';
import { type Caller, requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { AccountStore } from './account.store.ts';

const namedAtMost = 5;

/** Whom somebody asks who may not do it himself. */
@Injectable()
export class HoldersRead {
  readonly #accounts: AccountStore;

  constructor(@Inject(AccountStore) accounts: AccountStore) {
    this.#accounts = accounts;
  }

  async read({
    params: { permission },
    query: { environment, app },
    caller,
  }: Input<Contracts['listHolders']>): Promise<ResponseOf<Contracts['listHolders']>> {
    requireSight(environment, app, caller);
    const accounts = (await this.#accounts.all()).filter(({ disabled }) => !disabled);
    const holders = accounts
      .flatMap(({ name, grants }) => {
        const [nearest] = grants
          .filter((grant) => allows([grant], permission, { environment, app }))
          .sort((a, b) => width(a) - width(b));
        return nearest ? [{ name, role: nearest.role, width: width(nearest) }] : [];
      })
      .sort((a, b) => a.width - b.width || (a.name < b.name ? -1 : 1))
      .map(({ name, role }) => ({ name, role }));
    return {
      items: holders.slice(0, namedAtMost),
      more: Math.max(0, holders.length - namedAtMost),
    };
  }
}

/** How far a grant reaches: who is there for one app is nearer to it than who is for all of them. */
const width = (grant: Grant): number => reachOf(grant) + (grant.role === 'admin' ? 0.5 : 0);

/** Names are told to those who could read them in histories of the place as well. */
function requireSight(environment: string | undefined, app: string | undefined, caller: Caller): void {
  requirePermission(caller, 'config:read', {
    ...(environment !== undefined && environment !== '*' && { environment }),
    ...(app !== undefined && app !== '*' && { app }),
  });
}
