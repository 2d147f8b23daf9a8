import type { Same } from '../texts.ts';
import type * as en from './en-release.ts';

export const { diff, publish, rollback } = {
  diff: {
    label: '变更内容',
    same: '没有差异。',
    key: '键',
    before: '之前',
    after: '之后',
    nothing: '不存在',
    added: '新增',
    removed: '删除',
    changed: '修改',
  },
  publish: {
    open: '发布',
    openChanges: (n) => `发布 ${n} 处修改…`,
    nothingToPublish: '没有可发布的内容：草稿与发布版本相同。',
    title: (app, ns) => `发布 ${app} / ${ns}`,
    diff: (live) => `发布版本 ${live} → 你的草稿`,
    firstDiff: '第一个发布版本',
    whoGetsIt: '影响范围',
    reach: (online, offline) =>
      offline === 0 ? `${online} 个在线实例` : `${online} 个在线实例，${offline} 个离线实例恢复后获得`,
    already: (n) => `${n} 个已持有`,
    affectedList: '将获得此版本的实例',
    nobodyYet: '目前没有已知的实例。仍会发布，之后接入的实例会获得它。',
    whenItReturns: '恢复后获得',
    holdsAlready: '已持有',
    getsIt: '立即获得',
    showAll: (n) => `显示全部 ${n} 个`,
    message: '原因',
    messageHint: '会显示在历史和变更中。按 Ctrl+Enter 发布。',
    protectedLabel: (env, app) => `${env} 受保护。请输入应用名称以继续：${app}`,
    typeName: (app) => `环境受保护：请先输入应用名称 ${app}。`,
    ownValues: '部分实例对这些键有自己的值，来自灰度、分组或单机推送。',
    seeExactly: '查看究竟谁会变更',
    button: (n) => `发布到 ${n} 个实例`,
  },
  rollback: {
    open: (n) => (n === undefined ? '回滚' : `回滚到版本 ${n}`),
    first: '在此之前没有发布版本。',
    notLive: (one, live) => `版本 ${one} 已不是当前版本，当前是版本 ${live}。请从历史中回滚。`,
    title: (n) => `回滚到发布版本 ${n}`,
    diff: (from, to) => `发布版本 ${from} → 版本 ${to} 的内容`,
    button: (n, to) => `将 ${n} 个实例回滚到版本 ${to}`,
    emergency: '紧急：为什么在发布冻结时仍要回滚',
    emergencyHint: '填写后会立即执行并标记为紧急，所有人都能看到原因。',
    done: (n, to) =>
      `已回滚并生效：发布版本 ${n} 的内容与版本 ${to} 相同。无需再发布。如果你有草稿，它已保存在暂存区。`,
  },
} satisfies Same<typeof en>;
