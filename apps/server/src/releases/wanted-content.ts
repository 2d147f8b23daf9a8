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

/** What is live with changes by key on top, checked as a whole; faults name the place in `changes`. */
export function changed(namespace: NamespaceEntity, live: Content | undefined, changes: ItemsPatch): Content {
  const wanted = patched(namespace, live, changes);
  const faults = faultsOfChanges(live, changes);
  if (faults.length > 0) throw refusal(faults);
  const parsed = contentSchema.safeParse(wanted, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw refusal(
    faultsOf(parsed.error).map((fault) => ({
      ...fault,
      path: fault.path.replace(/^items\b/, 'changes.set'),
    })),
  );
}

/** The same unchecked, on a base that may have moved: what somebody had in mind, for a merge. */
export function patched(namespace: NamespaceEntity, base: Content | undefined, changes: ItemsPatch): Content {
  if (namespace.kind !== 'document') return applyPatch(base ?? emptyContent(namespace.kind), changes);
  throw refusal([
    {
      path: 'changes',
      problem: 'value',
      message: 'a document is replaced whole: send content',
      zh: '文档只能整体替换：请发送 content',
    },
  ]);
}

/** With a base that is named, a key that is not there is a mistake; so is one that is both set and removed. */
function faultsOfChanges(live: Content | undefined, { set, remove }: ItemsPatch): Fault[] {
  const items = live === undefined || live.kind === 'document' ? {} : live.items;
  return remove.flatMap((key, index) => {
    const path = `changes.remove.${index}`;
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
