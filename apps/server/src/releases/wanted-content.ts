import {
  applyPatch,
  type Content,
  emptyContent,
  type Fault,
  type ItemsPatch,
  SluiceError,
} from '@sluice/core';
import { content as contentSchema, faultsOf, firstFault } from '@sluice/protocol';
import type { NamespaceEntity } from './namespace.entity.ts';

type Kinded = Pick<NamespaceEntity, 'kind'>;

/** What is live with changes by key on top, checked as a whole; faults name the place in `changes`. */
export function changed(
  namespace: Kinded,
  live: Content | undefined,
  changes: ItemsPatch,
  at = 'changes',
): Content {
  const wanted = patched(namespace, live, changes, at);
  const faults = faultsOfChanges(live, changes, at);
  if (faults.length > 0) throw refusal(faults);
  const parsed = contentSchema.safeParse(wanted, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw refusal(
    faultsOf(parsed.error).map((fault) => ({
      ...fault,
      path: fault.path.replace(/^items\b/, `${at}.set`),
    })),
  );
}

/** The same unchecked, on a base that may have moved: what somebody had in mind, for a merge. */
export function patched(
  namespace: Kinded,
  base: Content | undefined,
  changes: ItemsPatch,
  at = 'changes',
): Content {
  if (namespace.kind !== 'document') return applyPatch(base ?? emptyContent(namespace.kind), changes);
  throw refusal([
    {
      path: at,
      problem: 'value',
      message: 'a document is replaced whole: send content',
      zh: '文档只能整体替换：请发送 content',
    },
  ]);
}

/** With a base that is named, a key that is not there is a mistake; so is one that is both set and removed. */
function faultsOfChanges(live: Content | undefined, { set, remove }: ItemsPatch, at: string): Fault[] {
  const items = live === undefined || live.kind === 'document' ? {} : live.items;
  return remove.flatMap((key, index) => {
    const path = `${at}.remove.${index}`;
    if (Object.hasOwn(set, key))
      return [
        { path, problem: 'value', message: `"${key}" is also in set`, zh: `“${key}”同时出现在 set 中` },
      ];
    if (!Object.hasOwn(items, key))
      return [
        {
          path,
          problem: 'unknown',
          message: `"${key}" is not a key of what is live`,
          zh: `线上没有键“${key}”`,
        },
      ];
    return [];
  });
}

const refusal = (faults: readonly Fault[]): SluiceError =>
  new SluiceError('invalid', { first: firstFault(faults) }, { details: { faults: faults.slice(0, 100) } });
