import { type ErrorText, limits } from '@sluice/core';
import jsonc from 'jsonc-parser';
import { DocumentFault, placeOf } from './document-fault.ts';
import { tooDeep } from './expansion.ts';

/** Reads a JSON document as `JSON.parse` does, and says where it is wrong when it is. */
export function parseJson(text: string): unknown {
  const deepAt = firstTooDeep(text);
  if (deepAt !== undefined) throw new DocumentFault(placeOf(text, deepAt), tooDeep);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw faultOf(text, (error as Error).message);
  }
}

/** `JSON.parse` decides; its message often has no position, so a parser that goes on after an error finds the place. */
function faultOf(text: string, message: string): DocumentFault {
  const errors: jsonc.ParseError[] = [];
  jsonc.parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const first = errors[0];
  if (first) {
    const reason = reasons[jsonc.printParseErrorCode(first.error)];
    return new DocumentFault(placeOf(text, first.offset), reason ?? { en: message, zh: message });
  }
  const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
  return new DocumentFault(placeOf(text, offset), { en: message, zh: message });
}

/** Where brackets nest deeper than content may; strings are stepped over. */
function firstTooDeep(text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (inString) {
      if (c === 0x5c) at++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > limits.jsonDepth) return at;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return undefined;
}

const reasons: Readonly<Record<string, ErrorText>> = {
  InvalidSymbol: { en: 'this word is not JSON', zh: '此处的单词不是合法的 JSON' },
  InvalidNumberFormat: { en: 'this number is not written as JSON writes it', zh: '数字的写法不合法' },
  PropertyNameExpected: { en: 'a property name in double quotes is missing', zh: '缺少双引号括起的属性名' },
  ValueExpected: { en: 'a value is missing', zh: '缺少值' },
  ColonExpected: { en: 'a colon is missing', zh: '缺少冒号' },
  CommaExpected: { en: 'a comma is missing', zh: '缺少逗号' },
  CloseBraceExpected: { en: 'a closing } is missing', zh: '缺少右花括号 }' },
  CloseBracketExpected: { en: 'a closing ] is missing', zh: '缺少右方括号 ]' },
  EndOfFileExpected: { en: 'the document goes on after its end', zh: '文档结束后还有多余内容' },
  InvalidCommentToken: { en: 'JSON has no comments', zh: 'JSON 不允许注释' },
  UnexpectedEndOfComment: { en: 'JSON has no comments', zh: 'JSON 不允许注释' },
  UnexpectedEndOfString: { en: 'a string is not closed', zh: '字符串没有结束' },
  UnexpectedEndOfNumber: { en: 'a number is not complete', zh: '数字不完整' },
  InvalidUnicode: { en: 'a \\u escape needs four hex digits', zh: '\\u 转义需要四位十六进制数字' },
  InvalidEscapeCharacter: { en: 'this escape is not one of JSON', zh: '转义字符不合法' },
  InvalidCharacter: { en: 'this character must be escaped', zh: '该字符必须转义' },
};
