import type { Same } from '../texts.ts';
import type * as en from './en-scripts.ts';

export const scripts = {
  scripts: {
    source: '脚本（JavaScript）',
    roles: {
      decide:
        "decide(call) 对每个调用回答 'pass'、'block' 或 { block: true, reason, retryAfterMs }。它只看得到下面的输入，now 和 random 作为数据传入。",
      policy:
        "policy(stats) 以本命名空间其他规则的键回答设置，例如 { 'limit-orders': { limit: 50 } }，由那些规则执行。",
      fallback: 'fallback(call, error) 回答被拒绝的调用方得到什么；其他规则引用它。',
    },
    check: '在服务器上检查',
    checked: (size, limit) => `可以运行：${size}，上限 ${limit}。`,
    unused: (names) => `已声明但源码中没有出现：${names}`,
    place: (line, column) => `第 ${line} 行第 ${column} 列`,
    unavailable: '此服务器无法运行脚本。无法运行脚本的实例按规则的“失败时”处理。',
    playground: '试运行，不产生任何影响',
    ownInput: '自己的输入：以上面的名称为键的 JSON；多个用数组',
    errorInput: 'fallback 得到的错误（JSON）',
    random: '它看到的随机数',
    recorded: '录制的调用',
    recordedHint: '各实例对此规则的资源录制的最新调用',
    noRecorded: '不用',
    last: (n) => `最近 ${n} 个`,
    run: '运行',
    runHint: 'Ctrl+Enter',
    compare: '与线上版本比较',
    noLive: '线上还没有这个名称的脚本。',
    inputs: '输入',
    result: '结果',
    liveResult: '线上版本',
    took: '耗时',
    ms: (n) => `${n} 毫秒`,
    differs: '不同',
    same: '相同',
    differing: (n, of) => `${of} 次运行中有 ${n} 次与线上版本不同`,
    runs: (n) => `${n} 次运行`,
    failedRuns: (n) => `${n} 次失败`,
    leftOut: (n) => `有 ${n} 次运行未执行：总时间超过 15 秒。`,
    own: '自己的输入',
    call: (verdict) => `录制，${verdict}`,
    verdicts: { pass: '通过', block: '拦截', wouldBlock: '预计拦截' },
    notJson: (reason) => `输入不是 JSON：${reason}`,
    runsOn: (n) => `在 ${n} 个实例上运行`,
    troubleOn: {
      quarantined: (n, of) => `在 ${of} 个实例中的 ${n} 个上已停用`,
      unavailable: (n, of) => `在 ${of} 个实例中的 ${n} 个上无法运行`,
      failing: (n, of) => `在 ${of} 个实例中的 ${n} 个上失败`,
    },
    nothingRecorded: '还没有录制到此资源的调用。请给出自己的输入。',
  },
} satisfies Same<typeof en>;
