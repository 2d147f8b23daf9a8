import { Inject, Injectable } from '@nestjs/common';
import {
  type Content,
  canonicalText,
  type Fault,
  type ItemsPatch,
  isMask,
  type Json,
  maskedAsLive,
  maskedValue,
} from '@sluice/core';
import { isSealed, looksSealed, openSealed, Sealer } from '../../env/sealed-value.ts';
import { invalid } from '../../http/invalid.ts';
import type { Address } from '../namespaces.store.ts';

/** Where what comes in belongs, and what is known of its values. */
export interface Incoming {
  readonly address: Address;
  /** Contents in which a value that was only masked is looked for, the nearest first, what is live last; sealed. */
  readonly known: readonly (Content | undefined)[];
  /** Path in the request. */
  readonly path: string;
}

type Items = Readonly<Record<string, unknown>>;

interface SecretItem {
  readonly type: 'string' | 'json';
  readonly value: Json;
}

/**
 * The door that every content comes in through. Behind it, in memory as at rest, secret values are sealed, so that nobody
 * can log, store or answer one by mistake. A masked value that comes back means "as it was". One that is given anew but
 * says the same keeps its seal, so that it doesn't count as changed.
 */
@Injectable()
export class SecretDoor {
  readonly #sealer: Sealer;

  constructor(@Inject(Sealer) sealer: Sealer) {
    this.#sealer = sealer;
  }

  content(content: Content, incoming: Incoming): Content {
    refuseSealed(content, incoming.path);
    if (content.kind !== 'map') return content;
    const items = this.#items(content.items, incoming, 'items');
    return items === content.items ? content : ({ ...content, items } as Content);
  }

  patch(patch: ItemsPatch, incoming: Incoming): ItemsPatch {
    refuseSealed(patch, incoming.path);
    const set = this.#items(patch.set, incoming, 'set');
    return set === patch.set ? patch : ({ ...patch, set } as ItemsPatch);
  }

  /** The same items where none of them is secret, or claims to be. */
  #items(items: Items, incoming: Incoming, field: string): Items {
    const faults: Fault[] = [];
    const taken = new Map<string, unknown>();
    for (const [key, item] of Object.entries(items)) {
      if (!isItem(item)) continue;
      const before = incoming.known.map((content) => valueIn(content, key));
      const path = `${incoming.path}.${field}.${key}.value`;
      if (isSecret(item)) {
        const value = this.#taken(item, key, incoming.address, before);
        if (value === undefined) faults.push({ path, ...nothingToKeep });
        else taken.set(key, { ...item, value });
      } else if (isMask(item.value) && before.some(isSealed)) faults.push({ path, ...onlyMasked });
    }
    if (faults.length > 0) throw invalid(faults);
    if (taken.size === 0) return items;
    return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, taken.get(key) ?? item]));
  }

  #taken(
    { type, value }: SecretItem,
    key: string,
    { env, app, ns }: Address,
    before: readonly (Json | undefined)[],
  ): string | undefined {
    const sealedBefore = (value === maskedAsLive ? before.slice(-1) : before).filter(isSealed);
    if (isMask(value)) return sealedBefore.find((one) => type === 'json' || openSealed(one).startsWith('"'));
    const text = canonicalText(value);
    const same = sealedBefore.find((one) => openSealed(one) === text);
    return same ?? this.#sealer.seal(text, { environment: env, app, namespace: ns, key });
  }
}

/** Whether there is anything in it for which the door must know what there was. */
export function mentionsSecrets(data: Content | ItemsPatch): boolean {
  const items = 'set' in data ? data.set : data.kind === 'map' ? data.items : {};
  return Object.values(items as Items).some((item) => isItem(item) && (isSecret(item) || isMask(item.value)));
}

const isItem = (item: unknown): item is { readonly value: Json } =>
  typeof item === 'object' && item !== null && 'value' in item;

/** What is no sound secret is left as it is: the check of the content refuses it. */
const isSecret = (item: object): item is SecretItem => {
  const { secret, type, value } = item as { secret?: unknown; type?: unknown; value?: unknown };
  return (
    secret === true &&
    (type === 'json' ? value !== undefined : type === 'string' && typeof value === 'string')
  );
};

function valueIn(content: Content | undefined, key: string): Json | undefined {
  return content?.kind === 'map' && Object.hasOwn(content.items, key) ? content.items[key]!.value : undefined;
}

function refuseSealed(data: unknown, path: string): void {
  if (!looksSealed(data)) return;
  const fault: Fault = {
    path,
    problem: 'value',
    message: 'holds a text that begins as sealed values do (sluice-sealed:1:); send the value itself',
    zh: '含有以密封值前缀（sluice-sealed:1:）开头的文本；请发送值本身',
  };
  throw invalid([fault]);
}

const nothingToKeep = {
  problem: 'value',
  message: `is only masked (${maskedValue}), and there is no secret here yet that could stay; send the value`,
  zh: `只是掩码（${maskedValue}），而这里还没有可以保留的机密值；请发送值本身`,
} as const;

const onlyMasked = {
  problem: 'value',
  message: `is only masked (${maskedValue}); add "secret": true to keep it, or send the value`,
  zh: `只是掩码（${maskedValue}）；请加上 "secret": true 以保留原值，或发送值本身`,
} as const;
