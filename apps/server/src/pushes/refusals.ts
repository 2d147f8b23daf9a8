import { type ErrorText, type ProposalRefusal, SluiceError } from '@sluice/core';
import { invalidField } from '../http/invalid.ts';

export const wrongState = (reason: ErrorText, details?: Record<string, unknown>): SluiceError =>
  new SluiceError('wrong_state', { reason }, details && { details });

/** Why a push can't leave a step that it is not in. */
export const otherStep = (step: number): ErrorText => ({
  en: `this push is not in step ${step}; look at it again`,
  zh: `推送当前不在第 ${step} 步；请重新查看`,
});

/** Why a proposal can't be carried out, as the error that its caller gets, with all places in the details. */
export function refusalError(refusal: ProposalRefusal, namespaces: readonly string[]): SluiceError {
  const { code, clashes = [], conflicts = [] } = refusal;
  switch (code) {
    case 'gray_clash':
    case 'gray_running': {
      const { pushId, namespace, keys } = clashes[0]!;
      return new SluiceError(
        'gray_conflict',
        { push: pushId, namespace, keys: keysText(keys) },
        { details: { clashes } },
      );
    }
    case 'merge_conflict': {
      const [first] = conflicts;
      const keys = conflicts.filter((each) => each.namespace === first!.namespace).map((each) => each.key);
      return new SluiceError(
        'merge_conflict',
        { namespace: first!.namespace, keys: keysText(keys) },
        { details: { conflicts } },
      );
    }
    case 'group_wins': {
      const { namespace, keys } = clashes[0]!;
      const { en, zh } = keysText(keys);
      return wrongState(
        {
          en: `a group has ${en} of ${namespace} too and wins over global, so some instances would lose the gray value; change the group first, or confirm with "groupsWin"`,
          zh: `某个分组也设置了 ${namespace} 的${zh}，且优先于全局，部分实例将失去灰度值；请先修改分组，或用“groupsWin”确认`,
        },
        { clashes, reason: 'group_wins' },
      );
    }
    case 'nothing_aimed':
      return wrongState({
        en: 'this push has no layer in force: it was promoted or abandoned, or its time is over',
        zh: '该推送没有生效中的层：它已全量、已放弃或已过期',
      });
    case 'unknown_namespace':
      return new SluiceError('not_found', { what: { en: 'namespace', zh: '命名空间' } });
    case 'named_twice':
    case 'wrong_kind':
      return invalidField(namespaces.length === 1 ? 'changes.0' : 'changes', refusal);
  }
}

/** Keys as an error names them; the one key of a document is its text. */
function keysText(keys: readonly string[]): ErrorText {
  if (keys.includes('')) return { en: 'the text', zh: '全文' };
  const some = keys.slice(0, 3).join(', ');
  return keys.length > 3
    ? { en: `${some} and ${keys.length - 3} more`, zh: `${some} 等 ${keys.length} 个键` }
    : { en: some, zh: some };
}
