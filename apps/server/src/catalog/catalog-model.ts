import type { App, Environment } from '@sluice/protocol';
import type { EnvironmentEntity } from '../feed/change.entity.ts';
import type { AppEntity } from './app.entity.ts';

export const environmentOf = (row: EnvironmentEntity): Environment => ({
  name: row.name,
  revision: row.revision,
  protected: row.protected,
  approvals: row.approvals,
  createdAt: new Date(row.createdAt).toISOString(),
});

export const appOf = (row: AppEntity): App => ({
  name: row.name,
  title: row.title,
  owner: row.owner,
  createdAt: new Date(row.createdAt).toISOString(),
});
