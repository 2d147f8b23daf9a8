import type { ErrorText } from '@sluice/core';

/** Everything that the client says to people: what happened, what is still true, what to do. */
export const notices = {
  invalid_options: {
    en: 'createSluice was given options that it cannot use:',
    zh: 'createSluice 收到无法使用的选项：',
  },
  second_client: {
    en: 'A second client for {who} in this process; the first one is used. Pass { allowMultiple: true } if you want two.',
    zh: '本进程已有 {who} 的客户端，将复用第一个。如确需多个，请传入 { allowMultiple: true }。',
  },
  unknown_key: {
    en: 'No config "{path}". {suggestion}Reads of it answer undefined.',
    zh: '没有配置“{path}”。{suggestion}读取结果为 undefined。',
  },
  options_ignored: {
    en: 'Namespace {namespace} was declared before with the same spec and other options. The first ones are kept. Give a spec of its own to each declaration.',
    zh: '命名空间 {namespace} 已用同一 spec 和不同选项声明过，将沿用第一次的选项。请为每个声明使用各自的 spec。',
  },
  startup_incomplete: {
    en: 'The start is incomplete: {missing}. Reads answer with what is on disk or with the defaults, and the server is asked on. Check the server and what it has released, or declare a weaker startup level.',
    zh: '启动不完整：{missing}。读取仍会返回磁盘中的值或默认值，并继续请求服务器。请检查服务器及其发布内容，或声明较弱的启动级别。',
  },
  value_rejected: {
    en: 'Namespace {namespace} at revision {revision} was refused: {reason}. What was held before is kept, and the console is told. Correct it there.',
    zh: '命名空间 {namespace} 的修订号 {revision} 被拒绝：{reason}。继续使用之前的值，并已告知控制台。请在控制台修正。',
  },
  schema_unchecked: {
    en: 'The JSON Schema of namespace {namespace} cannot be judged in this process: {reason}. The server has checked the content, and it is used. Nothing needs to be done.',
    zh: '本进程无法判断命名空间 {namespace} 的 JSON Schema：{reason}。内容已由服务器校验并会被使用，无需处理。',
  },
  listener_failed: {
    en: 'A listener of {path} failed: {reason}. The value is in force all the same, and the console is told. Correct the listener.',
    zh: '{path} 的监听器出错：{reason}。新值仍已生效，并已告知控制台。请修正监听器。',
  },
  event_listener_failed: {
    en: "A listener of the client's event {event} failed: {reason}. The client goes on as if it had not been called. Correct the listener.",
    zh: '客户端事件 {event} 的监听器出错：{reason}。客户端继续运行，不受影响。请修正监听器。',
  },
  server_unreachable: {
    en: 'Cannot reach {server} ({reason}). Running on {holding}. Trying again in {retrySec} s.',
    zh: '无法连接 {server}（{reason}）。正在使用{holding}。{retrySec} 秒后重试。',
  },
  token_refused: {
    en: 'The server refused the token {token}: {reason} Running on {holding}. Trying again in {retrySec} s; create one with: sluice token create.',
    zh: '服务器拒绝了令牌 {token}：{reason} 正在使用{holding}。{retrySec} 秒后重试；可用 sluice token create 创建令牌。',
  },
  link_refused: {
    en: 'The server refused this client ({code}): {reason} Running on {holding}. Trying again in {retrySec} s.',
    zh: '服务器拒绝了此客户端（{code}）：{reason} 正在使用{holding}。{retrySec} 秒后重试。',
  },
  link_stalled: {
    en: '{server} stopped answering on an open connection. Running on {holding}. Connecting anew in {retrySec} s.',
    zh: '{server} 的连接仍在但已无应答。正在使用{holding}。{retrySec} 秒后重新连接。',
  },
  frame_unreadable: {
    en: 'The server sent a {frame} frame that this client cannot read: {reason}. It was left out; what is held is kept. Update @sluice/client.',
    zh: '服务器发来此客户端无法解析的 {frame} 帧：{reason}。已忽略该帧，保留现有的值。请升级 @sluice/client。',
  },
  cache_unwritable: {
    en: 'The disk cache {folder} cannot be written ({reason}). Values live in memory only, so this process would start from defaults while the server is gone. Make the folder writable, or set cacheDir.',
    zh: '磁盘缓存 {folder} 无法写入（{reason}）。值只保存在内存中，服务器不可用时重启将回到默认值。请让该目录可写，或设置 cacheDir。',
  },
  cache_damaged: {
    en: 'The cache file {file} is damaged ({reason}) and was not used. {instead} It is replaced at the next change.',
    zh: '缓存文件 {file} 已损坏（{reason}），未使用。{instead}下次变更时会被替换。',
  },
  cache_refused: {
    en: 'The cache {file} was not used: {reason}. Anybody could have written it. Give it to this user with: chmod 700, chown.',
    zh: '未使用缓存 {file}：{reason}。其他人可能写过它。请用 chmod 700 和 chown 归还给当前用户。',
  },
  cache_locked: {
    en: 'Every slot of the disk cache {folder} is taken by another process. Values live in memory only. Set another cacheDir.',
    zh: '磁盘缓存 {folder} 的所有槽位都被其他进程占用。值只保存在内存中。请设置其他 cacheDir。',
  },
  kill_monitor: {
    en: 'The kill switch is thrown: every rule only watches, nothing is refused. Turn it back in the console, or take away SLUICE_KILL or the file KILL in the cache folder.',
    zh: '紧急开关已开启：所有规则仅监控，不再拦截。可在控制台恢复，或移除 SLUICE_KILL 或缓存目录中的 KILL 文件。',
  },
  kill_refused: {
    en: 'The file {file} does not throw the kill switch: {reason}. It has to be readable by the user of this process, to belong to that user or to root, and to be writable by nobody else: chown, chmod 644.',
    zh: '文件 {file} 未能开启紧急开关：{reason}。它必须可由运行本进程的用户读取，属于该用户或 root，且其他人不可写：请用 chown 和 chmod 644 修正。',
  },
  kill_ended: {
    en: 'The kill switch is turned back: rules are in force again.',
    zh: '紧急开关已恢复：规则重新生效。',
  },
  drill_began: {
    en: 'Drill {drill} breaks calls of this process on purpose: {faults}. It ends by itself at its deadline, or within seconds without the server. To stop it now, abort it or throw the kill switch in the console, or put a file KILL with the word faults into the cache folder.',
    zh: '演练 {drill} 正在按计划破坏本进程的调用：{faults}。到期或与服务器失联数秒后会自动结束。如需立即停止，请在控制台中止演练或开启紧急开关，或在缓存目录放置内容为 faults 的 KILL 文件。',
  },
  drill_ended: {
    en: 'Drill {drill} has ended in this process: {reason}. No call is broken by it any more. Nothing needs to be done.',
    zh: '演练 {drill} 在本进程已结束：{reason}。它不再影响任何调用，无需处理。',
  },
  drill_refused: {
    en: 'Drill {drill} was not begun in this process: {reason}. Calls go on as before, and the console is told. Update @sluice/client.',
    zh: '演练 {drill} 未在本进程开始：{reason}。调用不受影响，并已告知控制台。请升级 @sluice/client。',
  },
  too_many_resources: {
    en: 'More than 2,000 resources are guarded; "{resource}" and all further ones are counted together. Rules still apply to each by its name. Name resources by their route, not by their path.',
    zh: '受保护的资源超过 2,000 个；“{resource}”及之后的资源将合并计数，规则仍按各自名称生效。请用路由而非具体路径命名资源。',
  },
  inputs_failed: {
    en: 'The inputs of a call of {resource} could not be read: {reason}. The call went on without them, so rules that look at them passed it over. Correct the option inputs of protect.',
    zh: '{resource} 的一次调用无法读取 inputs：{reason}。该调用在没有这些输入的情况下继续，依赖它们的规则未对其生效。请修正 protect 的 inputs 选项。',
  },
  fallback_missing: {
    en: 'Rule {rule} answers by the fallback "{name}", which nobody registered in this process. Refused callers get the fallback of the code, or the error. Register it with sluice.fallback.',
    zh: '规则 {rule} 使用降级函数“{name}”，但本进程未注册它。被拦截的调用方将得到代码中的 fallback 或错误。请用 sluice.fallback 注册。',
  },
  fallback_async: {
    en: 'The fallback "{name}" answered a promise, and callers of {resource} take none. Its answer was dropped; the caller got the fallback of the code, or the error. Register one that answers at once, or pass { async: true } to protect if the function answers promises.',
    zh: '降级函数“{name}”返回了 Promise，而 {resource} 是同步调用。其结果已丢弃，调用方得到代码中的 fallback 或错误。请注册同步返回的函数；若函数返回 Promise，请向 protect 传入 { async: true }。',
  },
  fallback_circular: {
    en: 'The fallback "{name}" calls {resource} itself, which is refused and answers by it again. After 8 turns its caller got the fallback of the code, or the error. Let the fallback find its answer elsewhere, or name another one in the rule.',
    zh: '降级函数“{name}”又调用了 {resource}，后者被拦截后再次使用该降级函数。循环 8 次后，调用方得到代码中的 fallback 或错误。请让降级函数从别处取得结果，或在规则中改用其他降级函数。',
  },
  bootstrap_unusable: {
    en: "The bootstrap file {file} was not used: {reason}. The client starts from the code's defaults.",
    zh: '未使用引导文件 {file}：{reason}。客户端从代码默认值启动。',
  },
} as const satisfies Record<string, ErrorText>;

export type NoticeCode = keyof typeof notices;
