import type { ErrorText } from '@sluice/core';
import type { YAMLError } from 'yaml';

/** What people get wrong in YAML most; the rest is said in the words of the parser. */
const zhByCode: Readonly<Record<string, string>> = {
  BAD_INDENT: '缩进不正确',
  DUPLICATE_KEY: '键重复',
  MISSING_CHAR: '缺少字符（如引号、冒号或括号）',
  TAB_AS_INDENT: '缩进不能使用制表符',
  UNEXPECTED_TOKEN: '此处出现意外的内容',
};

/** Where YAML breaks and why, in one sentence without a stop. */
export function yamlFault({ code, message, linePos }: YAMLError): ErrorText {
  const reason = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  const zhReason = zhByCode[code] ?? reason;
  if (!linePos) return { en: reason, zh: zhReason };
  const [{ line, col }] = linePos;
  return { en: `line ${line}, column ${col}: ${reason}`, zh: `第 ${line} 行第 ${col} 列：${zhReason}` };
}
