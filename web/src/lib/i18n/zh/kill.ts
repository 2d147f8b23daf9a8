import type * as en from '../en/kill.ts';
import type { Same } from '../texts.ts';

export const { kill } = {
  kill: {
    open: '紧急开关',
    openOn: (n) => `紧急开关：已开启 ${n} 项`,
    title: (env) => `${env} 的紧急开关`,
    intro:
      '用于正在出问题的时候。三项都会立即在每个实例上生效，也能以同样方式撤销。没有服务器时客户端也会遵守。',
    scope: '范围',
    whole: (env) => `整个环境 ${env}`,
    onlyApp: (app) => `仅 ${app}`,
    reason: '原因',
    reasonHint: '可选，也可以之后补充。会显示在开关旁边，所有人可见。',
    noReason: '未说明原因',
    toggles: {
      freezePublishes: '冻结发布',
      monitorOnly: '所有规则转为监控',
      endFaults: '结束所有故障注入',
    },
    effects: {
      freezePublishes: '不再发布或推送新内容。正在进行的仍可放弃，已发布的可注明原因后回滚。',
      monitorOnly: '规则只统计预计拦截，不拦截任何调用：所有调用都会通过。',
      endFaults: '所有注入的故障立即结束，也不会开始新的。',
    },
    on: '已开启',
    off: '未开启',
    turnOn: (what, n) => `在 ${n} 个实例上${what}`,
    undo: (what, n) => `在 ${n} 个实例上撤销：${what}`,
    undoShort: '撤销…',
    tell: '保存原因',
    obeyed: (acked, of) => `${of} 个实例中有 ${acked} 个已遵守`,
    silent: (n, where) => `${where}：${n} 个实例尚未确认`,
    andMore: (n) => `以及另外 ${n} 个`,
    nobody: '没有在线实例：之后上线的实例会立即遵守。',
    byWholeToo: '整个环境也开启了此项：在环境的开关撤销之前，本应用仍处于开启状态。',
    turned: '本环境的开关',
    never: '从未开启过',
    turnedBy: (who) => `操作人：${who}`,
  },
} satisfies Same<typeof en>;
