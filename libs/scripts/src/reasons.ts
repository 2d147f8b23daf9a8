/** Reasons that are ours, not an author's or Node's, by what they say in English. */
const inChinese: Readonly<Record<string, string>> = {
  'isolated-vm is not installed': '未安装 isolated-vm',
  'the program of its host is missing: leave @sluice/client and @sluice/scripts out of the bundle':
    '找不到脚本宿主的程序文件：请不要把 @sluice/client 和 @sluice/scripts 打进 bundle',
  'it did not start': '子进程未能启动',
  'its function is async or a generator, and it has to answer at once':
    '其函数是 async 或生成器函数，而它必须立即返回结果',
  'a promise was rejected and not handled': '有 Promise 被拒绝且未处理',
  'a script has no clock of its own: use now of its input': '脚本没有自己的时钟：请使用输入中的 now',
  'a script has no chance of its own: use random of its input': '脚本没有自己的随机数：请使用输入中的 random',
  'an error that cannot be shown': '无法显示的错误',
  'nothing, or what is no data': '没有返回值，或返回的不是数据',
  'a promise, and nobody waits for it': '返回了 Promise，而脚本不会等待它',
  'more than a script may answer: 4,096 characters for decide, 65,536 otherwise':
    '返回内容过长（decide 最多 4,096 个字符，其他角色最多 65,536 个）',
  'it has to be "pass", "block" or { block, reason, retryAfterMs }':
    '应为 "pass"、"block" 或 { block, reason, retryAfterMs }',
  'it has to be { rule: { limit } }, or max or threshold in its place':
    '应为 { 规则: { limit } }，也可用 max 或 threshold 代替 limit',
  'it has to be plain data, at most 32 deep': '应为普通数据，嵌套最多 32 层',
};

export const reasonInChinese = (reason: string): string =>
  Object.hasOwn(inChinese, reason) ? inChinese[reason]! : reason;
