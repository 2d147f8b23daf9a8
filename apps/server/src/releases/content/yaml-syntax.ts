import { type ErrorText, limits } from '@sluice/core';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import { DocumentFault, placeOf } from './document-fault.ts';
import { expansionProblem, tooDeep } from './expansion.ts';

/** An anchor may be used often (a base block of a hundred services), but not so that data explodes. */
const maxAliasCount = 10_000;

/**
 * Reads YAML 1.2 with merge keys; several documents in one text are allowed. Returns the data of each; an
 * empty one is null.
 */
export function parseYaml(text: string): unknown[] {
  // The library compares every key with every other; duplicates are looked for here, in linear time.
  const parsed = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false, merge: true });
  if (!Array.isArray(parsed) || parsed.length === 0) return [null];
  return (parsed as Document.Parsed[]).map((document) => {
    const error = document.errors[0];
    if (error) throw faultOf(text, error);
    checkNodes(text, document);
    return dataOf(text, document);
  });
}

function dataOf(text: string, document: Document.Parsed): unknown {
  const start = placeOf(text, document.contents?.range[0] ?? 0);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount });
  } catch (error) {
    const reason = /alias count/i.test((error as Error).message)
      ? tooManyAliases
      : asBoth((error as Error).message);
    throw new DocumentFault(start, reason);
  }
  const problem = expansionProblem(data);
  if (problem) throw new DocumentFault(start, problem);
  return data;
}

/** What the parser lets pass: duplicate keys, aliases of nothing, depth. */
function checkNodes(text: string, document: Document.Parsed): void {
  const anchors = new Set<string>();
  const refuse = (node: unknown, reason: ErrorText): never => {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    throw new DocumentFault(placeOf(text, offset), reason);
  };
  visit(document, {
    Node(_, node, path) {
      if (isAlias(node) && !anchors.has(node.source)) refuse(node, noAnchor(node.source));
      if (!isAlias(node) && node.anchor) anchors.add(node.anchor);
      if (isCollection(node) && path.filter(isCollection).length >= limits.jsonDepth) refuse(node, tooDeep);
      if (isMap(node)) checkKeys(node.items, refuse);
    },
  });
}

function checkKeys(pairs: readonly Pair[], refuse: (node: unknown, reason: ErrorText) => never): void {
  const keys = new Set<string>();
  for (const { key } of pairs) {
    if (!isScalar(key) || key.value === '<<') continue;
    const name = String(key.value);
    if (keys.has(name)) refuse(key, duplicate(name));
    keys.add(name);
  }
}

function faultOf(text: string, error: YAMLError): DocumentFault {
  const deep = /maximum call stack/i.test(error.message);
  const en = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  const reason = deep ? tooDeep : { en, zh: zhByCode[error.code] ?? en };
  return new DocumentFault(placeOf(text, error.pos[0]), reason);
}

const asBoth = (message: string): ErrorText => ({ en: message, zh: message });
const tooManyAliases: ErrorText = {
  en: 'its aliases expand to too much data',
  zh: '别名展开后的数据过多',
};
const noAnchor = (name: string): ErrorText => ({
  en: `the alias *${name} has no anchor &${name} before it`,
  zh: `别名 *${name} 之前没有锚点 &${name}`,
});
const duplicate = (name: string): ErrorText => ({
  en: `the key "${name}" is there twice`,
  zh: `键“${name}”重复`,
});

const zhByCode: Readonly<Record<string, string>> = {
  BAD_ALIAS: '别名不合法',
  BAD_COLLECTION_TYPE: '集合的标签与内容不符',
  BAD_DIRECTIVE: '指令不合法',
  BAD_DQ_ESCAPE: '双引号字符串中的转义不合法',
  BAD_INDENT: '缩进不正确',
  BAD_PROP_ORDER: '锚点和标签的位置不正确',
  BAD_SCALAR_START: '值不能以该字符开头',
  BLOCK_AS_IMPLICIT_KEY: '块不能作为隐式键',
  BLOCK_IN_FLOW: '流式集合中不能出现块',
  IMPOSSIBLE: '无法解析',
  KEY_OVER_1024_CHARS: '键超过 1024 个字符',
  MISSING_CHAR: '缺少字符（如引号、冒号或括号）',
  MULTILINE_IMPLICIT_KEY: '隐式键必须在一行内',
  MULTIPLE_ANCHORS: '一个节点只能有一个锚点',
  MULTIPLE_DOCS: '存在多个文档',
  MULTIPLE_TAGS: '一个节点只能有一个标签',
  TAB_AS_INDENT: '缩进不能使用制表符',
  TAG_RESOLVE_FAILED: '标签无法解析',
  UNEXPECTED_TOKEN: '此处出现意外的内容',
};
