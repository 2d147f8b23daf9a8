import { releaseItems } from './pushes.ts';
import { appPath, type Stage } from './stage.ts';

interface Shoppers {
  readonly target: { readonly items: Readonly<Record<string, { readonly value: number }>> };
}

const perShop = 5;
const orderPercent = 50;
/** Where nobody knows how it was: an earlier play was ended in the middle of its evening. */
const calm = { visitsPerSec: 6, orderPercent: 30 };

const visits = (value: number) => ({
  ...{ type: 'number', value, min: 0, max: 500 },
  description: 'Visits in a second, on average',
});
const orders = (value: number) => ({
  ...{ type: 'number', value, min: 0, max: 100 },
  description: 'How many of them buy',
});

/** Lets more shoppers come, so that there is something to measure; the answer lets as many come as before. */
export async function beginEvening(
  stage: Stage,
  messages: { readonly busy: string; readonly calm: string },
): Promise<{ readonly visitsPerSec: number; end(): Promise<void> }> {
  const { target } = await stage.api.get<Shoppers>(`${appPath(stage, 'traffic')}/namespaces/shoppers`);
  const visitsPerSec = perShop * stage.shops.length;
  const found = {
    visitsPerSec: target.items.visitsPerSec?.value ?? calm.visitsPerSec,
    orderPercent: target.items.orderPercent?.value ?? calm.orderPercent,
  };
  const isEvening = found.visitsPerSec === visitsPerSec && found.orderPercent === orderPercent;
  const before = isEvening ? calm : found;
  const publish = (now: typeof before, message: string) =>
    releaseItems(
      stage,
      'traffic',
      'shoppers',
      { visitsPerSec: visits(now.visitsPerSec), orderPercent: orders(now.orderPercent) },
      message,
    );
  if (!isEvening) await publish({ visitsPerSec, orderPercent }, messages.busy);
  return {
    visitsPerSec,
    async end() {
      await publish(before, messages.calm);
    },
  };
}
