import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { contracts } from '@sluice/protocol';
import { holderOf } from '../support/holder-of.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');

/** Runs the demo for as long as somebody looks at it. */
export async function withDemo(
  language: 'en' | 'zh',
  visit: (url: string, token: string) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'sluice-pictures-'));
  const child = spawn(
    process.execPath,
    [join(root, 'apps/bookstore/dist/demo/main.js'), '--headless', ...['--data', data, '--instances', '6']],
    { env: { ...process.env, SLUICE_LANG: language }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { url, token } = JSON.parse(line) as { url: string; token: string };
      await visit(url, token);
      break;
    }
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

/** What the pictures show, by name. */
export interface DemoPlace {
  readonly url: string;
  readonly env: string;
  /** A gray push that is in force. */
  readonly gray: string;
  /** An instance that is in it. */
  readonly member: string;
  /** A namespace with a draft of the reader. */
  readonly draftOf: string;
}

const words = {
  en: { gray: 'Autumn sale, on a few first', busy: 'A busy evening' },
  zh: { gray: '秋季促销，先在少数实例上试用', busy: '繁忙的晚上' },
} as const;
/** So long a chart is looked at. */
const trafficMs = 75_000;
const item = (value: number) => ({ type: 'number' as const, value });

/** Does in the demo what somebody has done in a console that is in use: busy traffic, a gray push, a draft. */
export async function prepareDemo(
  url: string,
  admin: HttpCaller,
  reader: { readonly name: string; readonly password: string },
  language: 'en' | 'zh',
): Promise<DemoPlace> {
  const env = 'prod';
  const params = { env, app: 'storefront' };
  const etagOf = async (app: string, ns: string): Promise<string> =>
    (await admin.call(contracts.getNamespace, { params: { env, app, ns } })).etag;
  await admin.call(contracts.publish, {
    params: { env, app: 'traffic', ns: 'shoppers' },
    body: { changes: { set: { visitsPerSec: item(25) } }, message: words[language].busy },
    ifMatch: await etagOf('traffic', 'shoppers'),
  });
  await new Promise((resolve) => setTimeout(resolve, trafficMs));
  const base = (await admin.call(contracts.getNamespace, { params: { ...params, ns: 'shop' } })).revision;
  const gray = await admin.call(contracts.startPush, {
    params,
    body: {
      changes: [{ namespace: 'shop', base, changes: { set: { discountPercent: item(15) }, remove: [] } }],
      target: { mode: 'gray', audience: { by: 'percent', steps: [40, 100] } },
      message: words[language].gray,
      expiresInMs: 7_200_000,
    },
  });
  const pushParams = { ...params, push: gray.id };
  const member = await until('somebody holds the gray', async () =>
    (await admin.call(contracts.listPushInstances, { params: pushParams })).items.find(
      (each) => each.state === 'applied',
    ),
  );
  const anonymous = new HttpCaller(url, { origin: url });
  const signed = holderOf(
    url,
    await anonymous.attempt(contracts.signIn, {
      body: { userName: reader.name, password: reader.password },
    }),
  );
  const draftOf = 'calls';
  const place = { ...params, ns: draftOf };
  const { target, etag } = await signed.call(contracts.getNamespace, { params: place });
  const content = target as { items: Record<string, { value: number }> };
  content.items.stockTimeoutMs!.value = 200;
  content.items.accountsTimeoutMs!.value = 600;
  await signed.call(contracts.saveDraft, {
    params: place,
    body: { content: content as never },
    ifMatch: etag,
  });
  return { url, env, gray: gray.id, member: member.instanceId, draftOf };
}
