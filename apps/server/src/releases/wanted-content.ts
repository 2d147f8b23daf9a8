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
  const before = live ?? emptyContent(namespace.kind, namespace.format ?? 'text');
  if (before.kind === 'document')
    throw refusal([
      {
        path: 'changes',
        problem: 'value',
        message: 'a document is replaced whole: send content',
        zh: '文档只能整体替换：请发送 content',
      },
    ]);
  const faults = faultsOfChanges(before.items, changes);
  if (faults.length > 0) throw refusal(faults);
  const parsed = contentSchema.safeParse(applyPatch(before, changes), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw refusal(
    faultsOf(parsed.error).map((fault) => ({
      ...fault,
      path: fault.path.replace(/^items\b/, 'changes.set'),
    })),
  );
}

/** With a base that is named, a key that is not there is a mistake; so is one that is both set and removed. */
function faultsOfChanges(items: Readonly<Record<string, unknown>>, { set, remove }: ItemsPatch): Fault[] {
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
