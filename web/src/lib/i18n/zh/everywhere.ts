import type * as en from '../en/everywhere.ts';
import type { Same } from '../texts.ts';

type Texts = Same<Omit<typeof en, 'plural'>>;

export const { common, format, problem, access, roles, live } = {
  common: {
    loading: '加载中…',
    retry: '重试',
    cancel: '取消',
    close: '关闭',
    copy: '复制',
    copied: '已复制',
    required: '必填',
    asCommand: '等价的命令行',
    lastSeen: '最近出现',
    sortBy: (column) => `按${column}排序`,
    shownOnce: '密钥只显示这一次，请立即复制：服务器只保存它的哈希。',
    newest: '最新',
    older: '更早',
    comma: '，',
    nameRule: '1 到 128 个字符，仅限 A-Z a-z 0-9 . _ -，且不能全是点',
    nothingMatches: (words) => `没有匹配“${words}”的内容`,
  },
  format: {
    seconds: (n) => `${n} 秒`,
    minutes: (n) => `${n} 分钟`,
    hours: (n) => `${n} 小时`,
    days: (n) => `${n} 天`,
    ago: (age) => `${age}前`,
  },
  problem: {
    unreachable: '服务器没有响应。各实例持有的值不受影响。请检查服务器是否在运行、网络是否连通，然后重试。',
    strangeAnswer: (status) =>
      `请求在途中收到了状态码 ${status}，无法确定服务器是否收到。请重试；若持续出现，请检查代理。`,
    unreadableAnswer: (operation) =>
      `服务器对 ${operation} 的应答格式与本页面预期不符。请刷新页面：页面可能比服务器旧。`,
    ofOurOwn: (what) => `页面自身出错：${what}。没有发送任何请求。请刷新页面。`,
    request: '请求编号',
  },
  access: {
    wholeServer: '整个服务器',
    needs: (role, where) => `需要在 ${where} 上拥有“${role}”角色，可由管理员授予。`,
    needsAsk: (role, where, names, more) =>
      `需要在 ${where} 上拥有“${role}”角色。可联系 ${names.join('、')}${more > 0 ? `，另有 ${more} 人` : ''}。`,
  },
  roles: {
    viewer: '查看者',
    editor: '编辑者',
    publisher: '发布者',
    drillOperator: '演练操作员',
    admin: '管理员',
    auditor: '审计员',
  },
  live: {
    live: '实时',
    liveHint: '变化会立即显示',
    connecting: '连接中',
    reconnecting: (age) => `重连中 ${age}`,
    reconnectingHint: '实时连接已断开，正在重连。页面内容可能已有这么久没有更新。',
    polling: (age) => `轮询中，断开 ${age}`,
    pollingHint: '没有实时连接：每 5 秒重新读取一次，直到恢复。',
    silentNodes: (n) => `另有 ${n} 个服务节点未及时应答，此处缺少其实例上报的数据。`,
  },
} satisfies Texts;
