import type { Permission } from '@sluice/protocol';

/** What each permission lets somebody do. */
export const permissions: Readonly<Record<Permission, string>> = {
  'config:read': 'see configs, releases and pushes',
  'config:edit': 'edit drafts, propose pushes, change groups and schemas',
  'config:publish': 'publish, push, roll back, approve, import',
  'secret:read': 'see secret values, each time in the audit',
  'push:keep': 'keep a push going that would end',
  'instance:read': 'see instances and what they hold',
  'kill:use': 'turn the kill switch',
  'drill:run': 'inject faults and run drills',
  'alert:use': 'acknowledge and mute alerts',
  'alert:manage': 'decide what alerts, and whom it tells',
  'app:manage': 'create and change apps',
  'environment:manage': 'create environments, protect them, ask for approvals',
  'token:manage': 'make, rotate and revoke tokens of applications, and those of others',
  'user:manage': 'create users, give roles, end sessions',
  'audit:read': 'read, export and verify the audit',
  'server:read': 'see the nodes of the server',
};

export const rolesPage = {
  title: 'Roles',
  permission: 'Permission',
  has: (role: string, permission: string) => `${role} may ${permission}`,
  hasNot: (role: string, permission: string) => `${role} may not ${permission}`,
  hint: 'A role is given to a user in an environment and an app, or in every one of them. What concerns the whole server takes a role on every environment and every app.',
  wholeServer: 'whole server',
};

export const sessions = {
  title: 'Sessions',
  everybody: 'Who is signed in',
  browser: 'Browser',
  from: 'From',
  begun: 'Signed in',
  lastUsed: 'Last used',
  ends: 'Ends',
  isThis: 'this browser',
  unknownBrowser: 'unknown browser',
  end: 'Sign out',
  endOf: (browser: string) => `Sign out ${browser}`,
  endOthers: (count: number) => (count === 1 ? 'Sign out the other one' : `Sign out the other ${count}`),
  noOthers: 'You are signed in here only',
  endAllOf: (name: string) => `Sign ${name} out everywhere`,
  none: 'Nobody is signed in',
  noneOwn: 'You use a token or the development mode; there is no session',
  hint: 'A session ends after 30 minutes without use, and after 12 hours in any case. A new password ends all of them.',
};

export const nodes = {
  title: 'Server nodes',
  node: 'Node',
  isThis: 'answers you',
  version: 'Version',
  instances: 'Instances',
  pages: 'Open pages',
  memory: 'Memory',
  started: 'Started',
  lease: 'Lease',
  leaseLeft: (seconds: number) => `${seconds} s left`,
  leaseOver: 'run out',
  differ: 'The nodes run different versions. Bring all of them to the same one.',
  database: {
    sqlite: 'One node on an embedded SQLite database.',
    postgres: 'The nodes share one PostgreSQL database.',
  },
  none: 'No node has a lease',
};
