// A process that writes its cache as fast as it can, and says each revision once it is durable. Tests kill it.

import { DiskCache } from '../../libs/client/src/cache/disk-cache.ts';
import { systemClock } from '../../libs/client/src/clock.ts';
import { Notices } from '../../libs/client/src/notices/notices.ts';
import { wireMap } from '../../libs/client/src/testing/wire-namespace.ts';

const [root = '', from = '1', uid] = process.argv.slice(2);
if (uid !== undefined) {
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
const clock = { ...systemClock, monotonic: () => performance.now() * 1000 }; // no pause between two writes
const cache = new DiskCache({
  root,
  environment: 'prod',
  app: 'order-api',
  instanceId: undefined,
  origin: 'o',
  clock,
  notices: new Notices(console, clock, 'en'),
  changed: (state) => console.error(state),
  lost: () => console.error('lost'),
});
const { slotIndex, loaded } = await cache.open();
cache.belongsTo('writer');
console.log(`slot ${slotIndex} loaded ${loaded?.snapshot.revision ?? 0}`);
for (let revision = Number(from); ; revision++) {
  const namespaces = [wireMap('order', { filling: 'x'.repeat(150_000), revision }, revision)];
  const snapshot = { epoch: 1, revision, rootDigest: 'a'.repeat(64), namespaces };
  await cache.save(() => ({ savedAt: Date.now(), snapshot }));
  console.log(`durable ${revision}`);
}
