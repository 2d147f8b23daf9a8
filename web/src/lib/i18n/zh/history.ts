import type * as en from '../en/history.ts';
import type { Same } from '../texts.ts';

export const { history } = {
  history: {
    release: '发布版本',
    asLive: '与当前相同',
    live: '当前',
    restored: (n) => `回滚到 ${n}`,
    diff: '差异',
    actions: '操作',
    against: '对比对象',
    againstLive: '从它到当前版本',
    againstPrevious: '它带来的变更',
    none: '尚未发布',
    noneHint: '第一次发布后会产生版本 1。',
  },
} satisfies Same<typeof en>;
