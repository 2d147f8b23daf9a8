import { describe, expect, it } from '@jest/globals';
import { planFleet } from './fleet-plan.ts';

describe('planFleet', () => {
  const fleet = planFleet({
    instances: 2,
    ports: [1, 2, 3, 4, 5, 6],
    serverUrl: 'http://127.0.0.1:7788',
    tokens: { storefront: 's', stock: 't', accounts: 'a', traffic: 'f' },
    dataDir: '/data',
    logsDir: '/data/logs',
    env: { LANG: 'C' },
  });
  const named = (name: string) => fleet.find((member) => member.name === name);

  it('names every process and gives each serving one its port', () => {
    expect(fleet.map(({ name, env }) => [name, env.PORT])).toEqual([
      ['storefront-1', '1'],
      ['storefront-2', '2'],
      ['stock-1', '3'],
      ['stock-2', '4'],
      ['accounts-1', '5'],
      ['accounts-2', '6'],
      ['traffic-1', undefined],
    ]);
  });

  it('tells everybody whom to call', () => {
    expect(named('storefront-2')?.env).toEqual({
      LANG: 'C',
      PORT: '2',
      STOCK_URLS: 'http://127.0.0.1:3,http://127.0.0.1:4',
      ACCOUNTS_ADDRESSES: '127.0.0.1:5,127.0.0.1:6',
      INSTANCE_ID: 'storefront-2',
      ZONE: 'b',
      VERSION: '1.5.0',
      SLUICE_SERVER: 'http://127.0.0.1:7788',
      SLUICE_TOKEN: 's',
      SLUICE_CACHE_DIR: '/data/cache/storefront-2',
    });
    expect(named('traffic-1')?.env.STOREFRONT_URLS).toBe('http://127.0.0.1:1,http://127.0.0.1:2');
  });
});
