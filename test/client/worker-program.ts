// Begins a thread with a client, one after the other, and says who each of them was.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createSluice } from '@sluice/client';

if (isMainThread) {
  const cacheDir = process.argv[2];
  for (const end of ['itself', 'terminated', 'itself']) {
    const worker = new Worker(new URL(import.meta.url), { workerData: cacheDir });
    const exited = once(worker, 'exit');
    const [instanceId] = await once(worker, 'message');
    console.log(String(instanceId));
    if (end === 'terminated') await worker.terminate();
    await exited;
  }
} else {
  const sluice = createSluice({
    server: 'http://127.0.0.1:9',
    token: 't',
    environment: 'prod',
    app: 'shop',
    cacheDir: workerData,
    logger: false,
  });
  while (sluice.instanceId === undefined) await new Promise(setImmediate);
  parentPort?.postMessage(sluice.instanceId);
}
