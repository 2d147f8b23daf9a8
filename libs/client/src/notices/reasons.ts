import { type ErrorText, fillText } from '@sluice/core';

/** Why something was not taken, as a part of a sentence. English goes to the server, the process says its own. */
export const reasons = {
  wrong_kind: {
    en: 'it is a {got}, and the code reads it as a {wanted}',
    zh: '它是 {got}，而代码按 {wanted} 读取',
  },
  unexpected_value: { en: '{key} = {value}, expected {expects}', zh: '{key} = {value}，应为{expects}' },
  composed_digest: {
    en: 'the composed content has digest {got}, announced was {announced}',
    zh: '合成内容的摘要为 {got}，而声明的是 {announced}',
  },
  layer_digest: {
    en: 'the body of layer {layer} of {namespace} is not what its digest says',
    zh: '{namespace} 的层 {layer} 的内容与其摘要不符',
  },
  layer_not_json: {
    en: 'the body of layer {layer} of {namespace} is not JSON',
    zh: '{namespace} 的层 {layer} 的内容不是 JSON',
  },
  layer_unknown: {
    en: 'the body of layer {layer} of {namespace} is not a {kind} that this client knows',
    zh: '{namespace} 的层 {layer} 的内容不是此客户端认识的 {kind}',
  },
  item_without_value: { en: 'item {key} has no value', zh: '配置项 {key} 没有值' },
  document_not_json: { en: 'the document is not JSON: {reason}', zh: '文档不是 JSON：{reason}' },
  cache_of_another_token: {
    en: 'it holds secrets that were kept for another token, so they come from the server again',
    zh: '其中的机密是用另一个令牌保存的，将重新从服务器获取',
  },
  body_differs: {
    en: 'the body {digest} arrived with another content',
    zh: '内容 {digest} 到达时已不是原样',
  },
  body_late: {
    en: 'the body {digest} could not be fetched in {limitSec} s',
    zh: '内容 {digest} 在 {limitSec} 秒内未能取得',
  },
  same_push: {
    en: '{namespace} of the same push was refused: {reason}',
    zh: '同一推送中的 {namespace} 被拒绝：{reason}',
  },
  schema_violation: { en: 'it does not fit its JSON Schema: {fault}', zh: '它不符合其 JSON Schema：{fault}' },
  schema_violation_at: {
    en: '{path} does not fit the JSON Schema: {fault}',
    zh: '{path} 不符合 JSON Schema：{fault}',
  },
  schema_forbids: { en: '{path} is not allowed by the JSON Schema', zh: 'JSON Schema 不允许 {path}' },
  schema_keywords: { en: 'it depends on {keywords}', zh: '它依赖 {keywords}' },
  rule_unusable: {
    en: 'rule {rule} cannot be obeyed: {fault}. The rules of before stay in force',
    zh: '规则 {rule} 无法执行：{fault}。之前的规则继续生效',
  },
  fault_end_deadline: { en: 'its time was over', zh: '已到截止时间' },
  fault_end_silence: { en: 'the server did not renew it in time', zh: '服务器未按时续期' },
  fault_end_ended: { en: 'the server ended it', zh: '服务器已结束它' },
  fault_end_killSwitch: { en: 'the kill switch was thrown', zh: '紧急开关已开启' },
  fault_end_overloaded: { en: 'it held back as many calls as a process may', zh: '被挂起的调用已达进程上限' },
  fault_end_closed: { en: 'the client was closed', zh: '客户端已关闭' },
  vetoed: { en: 'its validator refuses it', zh: '校验函数拒绝了它' },
  validator_late: { en: 'its validator took longer than {limitSec} s', zh: '校验函数耗时超过 {limitSec} 秒' },
  validator_pending: { en: 'its validator has not answered yet', zh: '校验函数尚未返回结果' },
  listener_busy: { en: 'it is still busy with an earlier value', zh: '仍在处理之前的值' },
  listener_late: { en: 'it took longer than {limitSec} s', zh: '耗时超过 {limitSec} 秒' },
  listeners_late: {
    en: 'they took longer than {limitSec} s altogether',
    zh: '所有监听器合计耗时超过 {limitSec} 秒',
  },
  new_epoch: { en: 'the server started a new epoch', zh: '服务器开始了新的纪元' },
  other_owner: {
    en: 'it belongs to user {owner}, this process runs as {uid}',
    zh: '它属于用户 {owner}，而本进程以用户 {uid} 运行',
  },
  others_may_write: { en: 'others may write it (mode {mode})', zh: '其他人可以写入（权限 {mode}）' },
  not_a_folder: { en: 'it is not a folder of its own', zh: '它不是独立的目录' },
  symbolic_link: { en: 'it is a symbolic link', zh: '它是符号链接' },
  not_a_file: { en: 'it is not a regular file', zh: '它不是普通文件' },
  too_many_bytes: { en: 'it has {bytes} bytes, far too many', zh: '它有 {bytes} 字节，远超上限' },
  not_a_cache_file: { en: 'it is not a cache file', zh: '它不是缓存文件' },
  cache_length: {
    en: 'its body has {got} bytes instead of {wanted}',
    zh: '内容为 {got} 字节，应为 {wanted} 字节',
  },
  cache_hash: { en: 'its hash does not fit', zh: '哈希不符' },
  cache_of_another: { en: 'it belongs to {app} in {environment}', zh: '它属于 {environment} 中的 {app}' },
  cache_body_unknown: {
    en: 'its body is not a snapshot that this version knows',
    zh: '内容不是此版本认识的快照',
  },
  cache_header_not_json: { en: 'its header is not JSON', zh: '文件头不是 JSON' },
  cache_header_unknown: {
    en: 'its header is not one that this version knows',
    zh: '文件头不是此版本认识的格式',
  },
  cache_header_changed: { en: 'its header was changed', zh: '文件头被改动过' },
  disk_full: { en: 'the disk took no more bytes', zh: '磁盘无法再写入' },
  write_late: { en: 'a write takes longer than {limitSec} s', zh: '一次写入超过 {limitSec} 秒' },
  unconfirmed: {
    en: 'the server has not said in this run what to hold of it',
    zh: '服务器在本次运行中尚未给出其内容',
  },
  unreleased: { en: 'the server has no release of it', zh: '服务器上没有它的任何发布' },
  not_a_snapshot: {
    en: 'it is not a snapshot as the server gives it',
    zh: '它不是服务器给出的快照',
  },
} as const satisfies Record<string, ErrorText>;

export type ReasonCode = keyof typeof reasons;

export function reason(
  code: ReasonCode,
  params: Readonly<Record<string, string | number | ErrorText>> = {},
): ErrorText {
  const { en, zh } = reasons[code];
  return { en: fillText(en, params, 'en'), zh: fillText(zh, params, 'zh') };
}

/** Words that are not ours: of the app, of the system, of another program. */
export const verbatim = (text: string): ErrorText => ({ en: text, zh: text });

/** An error whose reason is known in both languages; its message is the English one. */
export class ReasonedError extends Error {
  readonly reason: ErrorText;

  constructor(reason: ErrorText) {
    super(reason.en);
    this.reason = reason;
  }
}

/** What an error says, whoever threw it: it may be anything, also what can't be made a text of. */
export function reasonOf(error: unknown): ErrorText {
  try {
    if (error instanceof ReasonedError) return error.reason;
    return verbatim(error instanceof Error ? error.message : String(error));
  } catch {
    return { en: 'an error that cannot be shown', zh: '无法显示的错误' };
  }
}
