import type { ErrorText } from '@sluice/core';
import type { LogFormat } from './log-words.ts';

/** What lines look like, and whether referer and user agent are wanted: they are checked in any case. */
export interface LogShape {
  readonly format: LogFormat;
  readonly withCaller: boolean;
}

/** One request as a line of an access log tells of it. What the line leaves open (`-`) is absent. */
export interface LogEntry {
  /** Milliseconds since 1970; a log tells whole seconds. */
  readonly atMs: number;
  /** The address or host name of the client. */
  readonly ip: string;
  readonly user?: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly referer?: string;
  readonly userAgent?: string;
}

/** Why a line is not one of this format. */
export interface BadLine {
  readonly bad: ErrorText;
}

const [space, quote, backslash, hyphen, open] = [0x20, 0x22, 0x5c, 0x2d, 0x5b];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const timeLength = '17/May/2015:10:05:03 +0000'.length;

const reasons = {
  fields: { en: 'it does not begin with host, ident and user', zh: '开头不是主机、ident 和用户' },
  time: { en: 'the time is not [dd/Mon/yyyy:hh:mm:ss +zzzz]', zh: '时间不是 [dd/Mon/yyyy:hh:mm:ss +zzzz]' },
  request: { en: 'the request is not in quotes', zh: '请求没有放在引号中' },
  line: { en: 'the request has no method and path', zh: '请求没有方法和路径' },
  status: {
    en: 'status and size do not follow the request',
    zh: '请求之后没有状态码和大小',
  },
  common: { en: 'there is more than the Common Log Format has', zh: '内容多于 Common Log Format' },
  combined: {
    en: 'referer and user agent do not end the line',
    zh: '行尾没有 referer 和 user agent',
  },
} as const;

const bad = (reason: keyof typeof reasons): BadLine => ({ bad: reasons[reason] });

/**
 * Reads one line, the bytes from `start` up to `end`, strictly: every field has to be there and in its place. The
 * texts that it answers with hold on to nothing of the buffer.
 */
export function parseLogLine(
  bytes: Buffer,
  start: number,
  end: number,
  { format, withCaller }: LogShape,
): LogEntry | BadLine {
  const last = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
  const text = (from: number, to: number): string => bytes.toString('utf8', from, to);

  const hostEnd = bytes.indexOf(space, start);
  const identEnd = hostEnd > start && hostEnd < last ? bytes.indexOf(space, hostEnd + 1) : -1;
  if (identEnd <= hostEnd + 1 || identEnd >= last) return bad('fields');
  // A user's name may have spaces.
  let userEnd = identEnd + 1;
  while (userEnd < last && !(bytes[userEnd] === space && bytes[userEnd + 1] === open)) userEnd++;
  if (userEnd === identEnd + 1 || userEnd >= last) return bad('fields');

  const timeStart = userEnd + 2;
  const timeEnd = timeStart + timeLength;
  const atMs = timeEnd + 3 > last ? undefined : momentOf(bytes.toString('latin1', timeStart, timeEnd + 2));
  if (atMs === undefined) return bad('time');

  const requestStart = timeEnd + 3;
  const requestEnd = bytes[requestStart - 1] === quote ? closing(bytes, requestStart, last) : -1;
  if (requestEnd < 0) return bad('request');

  const sizeEnd = statusAndSize(bytes, requestEnd + 1, last);
  if (sizeEnd < 0) return bad('status');
  const status = Number(bytes.toString('latin1', requestEnd + 2, requestEnd + 5));

  const more = format === 'common' ? {} : callerOf(bytes, sizeEnd, last, withCaller);
  if (more === undefined) return bad('combined');
  if (format === 'common' && sizeEnd !== last) return bad('common');

  const request = requestOf(plain(text(requestStart, requestEnd)));
  if (!request) return bad('line');
  const hasUser = !(userEnd === identEnd + 2 && bytes[identEnd + 1] === hyphen);
  return {
    atMs,
    ip: text(start, hostEnd),
    ...(hasUser && { user: text(identEnd + 1, userEnd) }),
    ...request,
    status,
    ...more,
  };
}

const nothing = Object.freeze({});

/** What the Combined Log Format has besides, which ends the line. */
function callerOf(
  bytes: Buffer,
  at: number,
  last: number,
  isWanted: boolean,
): Pick<LogEntry, 'referer' | 'userAgent'> | undefined {
  const refererEnd = quoted(bytes, at, last);
  const agentEnd = refererEnd < 0 ? -1 : quoted(bytes, refererEnd + 1, last);
  if (agentEnd < 0 || agentEnd + 1 !== last) return undefined;
  if (!isWanted) return nothing;
  const referer = plain(bytes.toString('utf8', at + 2, refererEnd));
  const userAgent = plain(bytes.toString('utf8', refererEnd + 3, agentEnd));
  return { ...(referer !== '-' && { referer }), ...(userAgent !== '-' && { userAgent }) };
}

/** Where ` "…"` ends, at its closing quote; -1 where there is none. */
function quoted(bytes: Buffer, at: number, last: number): number {
  return bytes[at] === space && bytes[at + 1] === quote ? closing(bytes, at + 2, last) : -1;
}

/** The quote that ends a text; one behind a backslash belongs to it. */
function closing(bytes: Buffer, from: number, last: number): number {
  for (let i = from; i < last; i++) {
    if (bytes[i] === backslash) i++;
    else if (bytes[i] === quote) return i;
  }
  return -1;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Where ` 200 1234` or ` 304 -` ends; -1 where there is no such thing. */
function statusAndSize(bytes: Buffer, at: number, last: number): number {
  const first = bytes[at + 1];
  const isStatus = first !== undefined && first >= 0x31 && first <= 0x35;
  if (bytes[at] !== space || !isStatus || !isDigit(bytes[at + 2]) || !isDigit(bytes[at + 3])) return -1;
  if (bytes[at + 4] !== space) return -1;
  const from = at + 5;
  if (from < last && bytes[from] === hyphen) return from + 1;
  let end = from;
  while (end < last && isDigit(bytes[end])) end++;
  return end === from ? -1 : end;
}

const moment = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] $/;
let lastMinute = { text: '', zone: '', ms: 0 };

/** The time of a line, with the bracket and the space behind it; lines of one minute mostly follow each other. */
function momentOf(text: string): number | undefined {
  const [minute, zone] = [text.slice(0, 17), text.slice(20)];
  if (minute === lastMinute.text && zone === lastMinute.zone && text[17] === ':') {
    const seconds = Number(text.slice(18, 20));
    return /^\d\d$/.test(text.slice(18, 20)) && seconds <= 60 ? lastMinute.ms + seconds * 1000 : undefined;
  }
  const found = moment.exec(text);
  if (!found) return undefined;
  const [, day, name, year, hour, minutes, seconds, sign, zoneHours, zoneMinutes] = found;
  const month = months.indexOf(name!);
  const atMs = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minutes));
  const isDay = month >= 0 && new Date(atMs).getUTCDate() === Number(day) && Number(day) > 0;
  if (!isDay || Number(hour) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  lastMinute = { text: minute, zone, ms: sign === '+' ? atMs - zoneMs : atMs + zoneMs };
  return lastMinute.ms + Number(seconds) * 1000;
}

/** A text as it was before the server wrote a backslash before quotes and backslashes. */
const plain = (text: string): string =>
  text.includes('\\') ? text.replace(/\\(["\\])/g, (_, character: string) => character) : text;

const requestLine = /^([A-Z][A-Z-]{0,31}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/;
const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;

function requestOf(line: string): Pick<LogEntry, 'method' | 'path' | 'query'> | undefined {
  const found = requestLine.exec(line);
  if (!found) return undefined;
  const target = found[2]!.replace(origin, '') || '/';
  const mark = target.indexOf('?');
  return {
    method: found[1]!,
    path: mark < 0 ? target : target.slice(0, mark) || '/',
    query: mark < 0 ? '' : target.slice(mark + 1),
  };
}
