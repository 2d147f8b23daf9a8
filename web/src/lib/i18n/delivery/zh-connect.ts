import type { Same } from '../texts.ts';
import type * as en from './en-connect.ts';

export const { connect } = {
  connect: {
    tokenTitle: '1 · 进程使用的令牌',
    tokenText: (app, env) =>
      `客户端令牌只属于一个环境中的一个应用：${env} 的 ${app}。进程用它读取配置并上报自己持有的值，除此之外什么也做不了。`,
    createToken: '创建客户端令牌',
    codeTitle: '2 · 几行代码',
    runtime: '运行时',
    runtimes: { node: 'Node.js', nest: 'NestJS' },
    waitTitle: '3 · 接入成功',
    waiting: '正在等待第一个实例，接入后这里会自动打勾。',
    nothingHappens: '没有反应？',
    checks: [
      '进程里是否设置了 SLUICE_TOKEN，并且属于这个环境的这个应用？',
      '进程能否访问这个地址？中间的代理必须放行 WebSocket。',
      '如果服务器拒绝，进程日志里会写明原因。',
      '在此期间进程使用代码默认值运行，不会出故障。',
    ].join('\n'),
    arrived: (n) => `${n} 个实例已接入。`,
    since: '启动于',
  },
} satisfies Same<typeof en>;
