/**
 * Every code that Sluice answers with, in one table: its HTTP status, and its text in both languages.
 * A text says what happened, what is still true, and what to do. `{name}` is filled from the error's params.
 */
export const errorTable = {
  malformed_request: {
    status: 400,
    en: 'The request could not be read: {reason}. Nothing was changed. Correct it and send it again.',
    zh: '无法解析请求：{reason}。没有任何更改。请修正后重新发送。',
  },
  unauthenticated: {
    status: 401,
    en: 'No valid sign-in or token came with this request. Nothing was changed. Sign in, or send a token that is in force.',
    zh: '请求没有携带有效的登录或令牌。没有任何更改。请登录，或使用有效的令牌。',
  },
  sign_in_failed: {
    status: 401,
    en: 'This name and password do not belong together. You are not signed in. Check both and try again.',
    zh: '用户名或密码不正确。尚未登录。请检查后重试。',
  },
  forbidden: {
    status: 403,
    en: 'You may not do this: it needs the permission {permission} on {scope}. Nothing was changed. Ask {who}.',
    zh: '没有权限：需要在 {scope} 上拥有 {permission}。没有任何更改。请联系{who}。',
  },
  cross_site: {
    status: 403,
    en: 'This request did not come from the console itself, so it was refused. Nothing was changed. Reload the console and try again.',
    zh: '该请求并非来自控制台本身，已被拒绝。没有任何更改。请刷新控制台后重试。',
  },
  not_found: {
    status: 404,
    en: 'There is no {what} here, or you may not see it. Nothing was changed. Check the name and the environment.',
    zh: '这里没有{what}，或者你无权查看。没有任何更改。请检查名称和环境。',
  },
  method_not_allowed: {
    status: 405,
    en: '{method} is not a method of this address. Nothing was changed. The API page at /api/docs lists what is.',
    zh: '该地址不支持 {method}。没有任何更改。请查看 /api/docs 了解可用的方法。',
  },
  already_exists: {
    status: 409,
    en: '{what} "{name}" exists already. It is as it was. Choose another name, or change the existing one.',
    zh: '{what}“{name}”已存在，保持原样。请换一个名称，或修改已有的那个。',
  },
  wrong_state: {
    status: 409,
    en: 'This cannot be done now: {reason}. Nothing was changed.',
    zh: '当前无法执行：{reason}。没有任何更改。',
  },
  idempotency_mismatch: {
    status: 409,
    en: 'This Idempotency-Key was used for another request. Nothing was changed. Use a new key for a new request.',
    zh: '该 Idempotency-Key 已用于另一个请求。没有任何更改。新请求请使用新的键。',
  },
  gray_conflict: {
    status: 409,
    en: 'Push {push} is in gray on {keys} of {namespace} already. Nothing was changed. Promote or abandon it first, or say what becomes of it.',
    zh: '推送 {push} 正在灰度 {namespace} 的 {keys}。没有任何更改。请先全量或放弃它，或指明如何处理它。',
  },
  merge_conflict: {
    status: 409,
    en: 'Since this gray began, {keys} of {namespace} was changed for everyone. Nothing was changed. Choose for each key whose value stays.',
    zh: '灰度开始后，{namespace} 的 {keys} 已被全局修改。没有任何更改。请为每个键选择保留哪个值。',
  },
  approval_required: {
    status: 409,
    en: 'Environment {environment} asks for approvals by others first: {given} of {needed} given. Nothing was pushed. Propose it and ask them, or push it as an emergency with a reason.',
    zh: '环境 {environment} 的发布须先由另外 {needed} 人审批，目前 {given} 人已批准。没有推送任何内容。请提交提案并请他们审批，或注明原因后紧急发布。',
  },
  frozen: {
    status: 409,
    en: 'Publishing is frozen by the kill switch: {reason}. Nothing was changed; what runs can still be abandoned, and a rollback goes through as an emergency with a reason. Undo the switch first.',
    zh: '发布已被紧急开关冻结：{reason}。没有任何更改；进行中的推送仍可放弃，注明原因的紧急回滚仍可执行。请先解除开关。',
  },
  vetoed: {
    status: 409,
    en: 'Instance {instance} refused this when it was asked first: {reason}. Nobody has applied it. Correct it, or push without two phases.',
    zh: '预检时实例 {instance} 拒绝了该变更：{reason}。没有任何实例应用它。请修正，或不使用两阶段推送。',
  },
  drill_refused: {
    status: 409,
    en: 'The drill was not started: {reasons}. Nothing was changed. Mend what is listed and start it again.',
    zh: '演练未启动：{reasons}。没有任何更改。请处理所列问题后重新启动。',
  },
  plan_moved: {
    status: 412,
    en: 'Since you looked at the plan, who would change has moved: {joined} joined, {left} left, {changed} differ. Nothing was changed. Look at the new plan and confirm that.',
    zh: '自你查看计划以来，将变更的实例已变化：新增 {joined}，离开 {left}，不同 {changed}。没有任何更改。请查看新计划后再确认。',
  },
  base_moved: {
    status: 412,
    en: 'Somebody released revision {revision} while you worked from {base}. Nothing was changed and your edit is not lost. Merge the two and send it again.',
    zh: '你基于 {base} 编辑期间，他人已发布修订号 {revision}。没有任何更改，你的编辑没有丢失。请合并后重新提交。',
  },
  draft_moved: {
    status: 412,
    en: 'Your draft is not what you last saw: it was saved, published or thrown away elsewhere meanwhile. Nothing was changed and what you sent is not lost. Read the draft again, merge the two and send it again.',
    zh: '你的草稿已不是上次看到的内容：其间已在别处被保存、发布或丢弃。没有任何更改，你提交的内容没有丢失。请重新读取草稿，合并后再提交。',
  },
  too_large: {
    status: 413,
    en: 'This is larger than {limit}. Nothing was changed. Split it or make it smaller.',
    zh: '内容超过上限 {limit}。没有任何更改。请拆分或缩小。',
  },
  not_json: {
    status: 415,
    en: 'The body must be application/json, uncompressed. Nothing was changed. Set the Content-Type.',
    zh: '请求体必须是未压缩的 application/json。没有任何更改。请设置 Content-Type。',
  },
  invalid: {
    status: 422,
    en: 'This was understood but is not valid: {first}. Nothing was changed. Correct what is listed and send it again.',
    zh: '内容可以解析，但不合法：{first}。没有任何更改。请按列出的各项修正后重新提交。',
  },
  invalid_document: {
    status: 422,
    en: 'The document is not valid {format}: line {line}, column {column}: {reason}. Nothing was changed. Correct that place.',
    zh: '文档不是合法的 {format}：第 {line} 行第 {column} 列：{reason}。没有任何更改。请修正该处。',
  },
  schema_violation: {
    status: 422,
    en: 'The content does not fit the JSON Schema of this namespace: {first}. Nothing was changed. Correct it, or change the schema first.',
    zh: '内容不符合该命名空间的 JSON Schema：{first}。没有任何更改。请修正内容，或先修改 Schema。',
  },
  client_too_old: {
    status: 426,
    en: 'This client speaks protocol {got}, the server needs {needed} or newer. The client runs on what it has. Update @sluice/client.',
    zh: '该客户端的协议版本为 {got}，服务器需要 {needed} 或更新。客户端会继续使用已有的值。请升级 @sluice/client。',
  },
  precondition_required: {
    status: 428,
    en: 'A write must say what it is based on. Nothing was changed. Send If-Match with the ETag that you read.',
    zh: '写操作必须说明基于哪个版本。没有任何更改。请用 If-Match 带上读取时得到的 ETag。',
  },
  too_many_requests: {
    status: 429,
    en: 'Too many attempts. Nothing was changed. Try again in {retryAfterSec} s.',
    zh: '尝试次数过多。没有任何更改。请在 {retryAfterSec} 秒后重试。',
  },
  internal: {
    status: 500,
    en: 'Sluice made a mistake of its own. Please report it with the request id {requestId}.',
    zh: 'Sluice 内部出错。请附上请求编号 {requestId} 报告此问题。',
  },
  scripts_unavailable: {
    status: 503,
    en: 'Scripts cannot run on this server: {reason}. Nothing was changed; rules in force and instances are unaffected. Install isolated-vm 7 beside the server, on Node 24 or later, and start it again.',
    zh: '此服务器无法运行脚本：{reason}。没有任何更改，生效的规则和各实例不受影响。请在服务器旁安装 isolated-vm 7（Node 24 或更高版本）后重新启动。',
  },
  unavailable: {
    status: 503,
    en: 'The database cannot be reached, so nothing can be written now. What instances hold is unaffected. Try again in {retryAfterSec} s.',
    zh: '数据库暂不可用，目前无法写入。各实例持有的值不受影响。请在 {retryAfterSec} 秒后重试。',
  },
} as const satisfies Record<string, ErrorText & { readonly status: number }>;

export interface ErrorText {
  readonly en: string;
  readonly zh: string;
}

export type ErrorCode = keyof typeof errorTable;
export type Language = 'en' | 'zh';

/** What fills a `{name}`: a figure or a name that reads the same everywhere, or words in both languages. */
export type ErrorParam = string | number | ErrorText;
export type ErrorParams = Readonly<Record<string, ErrorParam>>;

/** Fills a text. A parameter that is missing stays visible as `{name}`; one with words gives those of `language`. */
export function fillText(text: string, params: ErrorParams = {}, language: Language = 'en'): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(params, name)) return whole;
    const param = params[name]!;
    return typeof param === 'object' ? param[language] : String(param);
  });
}
