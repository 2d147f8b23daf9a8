import { createHmac } from 'node:crypto';
import { alertTitles, type Language } from '@sluice/core';
import type { WebhookKind } from '@sluice/protocol';
import type { ToldAlert } from '../alerts.entities.ts';

/** What is sent: to where, with which headers, and the body. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a message is about. */
export interface Told {
  /** Empty: it is a test. */
  readonly alerts: readonly ToldAlert[];
  readonly environment: string;
  readonly language: Language;
  /** Of the console, where it is known. */
  readonly consoleUrl?: string;
  readonly messageId: string;
  readonly nowMs: number;
}

/** Alerts that are told one by one; the rest by their number. */
const shown = 10;

const words = {
  en: {
    firing: (n: number) => (n === 1 ? '1 alert' : `${n} alerts`),
    resolved: (n: number) => `${n} over`,
    over: 'over',
    more: (n: number) => `and ${n} more`,
    test: 'This is a test of Sluice. Nothing happened.',
    severity: { info: 'info', warning: 'warning', critical: 'critical' },
  },
  zh: {
    firing: (n: number) => `${n} 个告警`,
    resolved: (n: number) => `${n} 个已恢复`,
    over: '已恢复',
    more: (n: number) => `另有 ${n} 个`,
    test: '这是 Sluice 的测试消息，没有发生任何事情。',
    severity: { info: '提示', warning: '警告', critical: '严重' },
  },
} as const;

/** The same words for every kind: a headline, and a line for each alert. */
export function wordsOf({ alerts, environment, language, consoleUrl }: Told): {
  title: string;
  lines: string[];
} {
  const say = words[language];
  if (alerts.length === 0) return { title: `Sluice · ${environment}`, lines: [say.test] };
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const counts = [
    ...(firing > 0 ? [say.firing(firing)] : []),
    ...(firing < alerts.length ? [say.resolved(alerts.length - firing)] : []),
  ];
  const lines = alerts.slice(0, shown).map((alert) => {
    const mark = alert.state === 'resolved' ? say.over : say.severity[alert.severity];
    const title = alertTitles[alert.condition][language];
    return `[${mark}] ${alert.app ?? environment}: ${title}. ${oneLine(alert.text[language])}`;
  });
  if (alerts.length > shown) lines.push(say.more(alerts.length - shown));
  if (consoleUrl !== undefined) lines.push(`${consoleUrl}/environments/${environment}/alerts`);
  return { title: `Sluice · ${environment} · ${counts.join(', ')}`, lines };
}

/** Names and reasons that programs and people made up: none of them begins a line of its own or turns the text around. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();

/** A message in the form that the receiver wants, signed in its way. */
export function messageFor(kind: WebhookKind, url: string, secret: string | undefined, told: Told): Message {
  const { title, lines } = wordsOf(told);
  const text = [title, ...lines].join('\n');
  switch (kind) {
    case 'dingtalk': {
      const content = { msgtype: 'markdown', markdown: { title, text: markdown(title, lines) } };
      return json(secret === undefined ? url : dingtalkSigned(url, secret, told.nowMs), content);
    }
    case 'feishu': {
      // Its texts know no other spelling of what begins a tag, such as the one that calls everybody.
      const content = { msg_type: 'text', content: { text: text.replaceAll('<', '＜') } };
      return json(url, secret === undefined ? content : { ...feishuSign(secret, told.nowMs), ...content });
    }
    case 'wecom':
      return json(url, {
        msgtype: 'markdown',
        markdown: { content: cutBytes(markdown(title, lines), 4000) },
      });
    case 'slack':
      return json(url, { text: slackText(text) });
    default:
      return generic(url, secret, told, text);
  }
}

/** Whole alerts as data, signed over time and body, so that a receiver can tell a copy of last week from news. */
function generic(url: string, secret: string | undefined, told: Told, text: string): Message {
  const { body, headers } = json(url, {
    id: told.messageId,
    kind: told.alerts.length === 0 ? 'test' : 'alerts',
    environment: told.environment,
    at: new Date(told.nowMs).toISOString(),
    text,
    alerts: told.alerts,
  });
  const seconds = Math.floor(told.nowMs / 1000);
  const signature = secret === undefined ? undefined : hmac(secret, `${seconds}.${body}`).toString('hex');
  return {
    url,
    body,
    headers: {
      ...headers,
      'x-sluice-delivery': told.messageId,
      ...(signature !== undefined && { 'x-sluice-signature': `t=${seconds},v1=${signature}` }),
    },
  };
}

/** A line is a paragraph there. What could be markup is told as it is. */
function markdown(title: string, lines: readonly string[]): string {
  const plain = (line: string): string => line.replace(/[\\`*_[\]#<>|]/g, '\\$&');
  return [`### ${plain(title)}`, ...lines.map((line) => (line.startsWith('http') ? line : plain(line)))].join(
    '\n\n',
  );
}

/** As Slack wants these three, which else make links and call people: `<!channel>`. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The robot of DingTalk: milliseconds and HMAC-SHA256 of "time, newline, secret" in the address. */
function dingtalkSigned(url: string, secret: string, nowMs: number): string {
  const signed = new URL(url);
  signed.searchParams.set('timestamp', String(nowMs));
  signed.searchParams.set('sign', hmac(secret, `${nowMs}\n${secret}`).toString('base64'));
  return signed.href;
}

/** The robot of Feishu: seconds, and the same text as the key of an HMAC over nothing. */
function feishuSign(secret: string, nowMs: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(nowMs / 1000));
  return { timestamp, sign: hmac(`${timestamp}\n${secret}`, '').toString('base64') };
}

const hmac = (key: string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const json = (url: string, content: object): Message => ({
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(content),
});

/** WeCom counts bytes. */
function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= most
    ? text
    : `${new TextDecoder().decode(bytes.subarray(0, most)).replace(/�+$/, '')}…`;
}

/** What says "taken" in the answer of a robot that answers 200 to everything; undefined: the status says all. */
export function refusalIn(kind: WebhookKind, answer: string): boolean {
  if (kind !== 'dingtalk' && kind !== 'feishu' && kind !== 'wecom') return false;
  try {
    const { errcode, code, StatusCode } = JSON.parse(answer) as Record<string, unknown>;
    return (errcode ?? code ?? StatusCode ?? 0) !== 0;
  } catch {
    return true;
  }
}
