import {
  type ConsoleToServer,
  consoleNamespace,
  liveUpdate,
  type ServerToConsole,
  type Topic,
  topicKey,
} from '@sluice/protocol/console';
import { useEffect, useSyncExternalStore } from 'react';
import { io, type Socket } from 'socket.io-client';
import { nowMs } from '../clock.ts';
import { queryClient } from '../query-client.ts';
import { patchCache } from './patch.ts';
import { refreshNow } from './refresh.ts';

/** How fresh the page is: pushed, about to be again, or asked for every few seconds. */
export type LinkState =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  | { readonly is: 'reconnecting'; readonly since: number }
  | { readonly is: 'polling'; readonly since: number };

const pollAfterMs = 10_000;
const pollEveryMs = 5_000;

let state: LinkState = { is: 'connecting' };
let socket: Socket<ServerToConsole, ConsoleToServer> | undefined;
let poller: ReturnType<typeof setInterval> | undefined;
let pollerStart: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const watched = new Map<string, { readonly topic: Topic; users: number }>();

function show(next: LinkState): void {
  state = next;
  for (const listener of listeners) listener();
}

const refreshAll = (): Promise<void> => queryClient.invalidateQueries({ refetchType: 'active' });

function ask(topic: Topic): void {
  socket?.emit('watch', { topic }, (ok) => {
    // What happened between the page's first read and this answer was not sent to us.
    if (ok) refreshNow({ environment: topic.environment, ...('app' in topic && { app: topic.app }) });
  });
}

function lost(): void {
  if (state.is === 'polling' || state.is === 'reconnecting') return;
  const since = nowMs();
  show({ is: 'reconnecting', since });
  pollerStart = setTimeout(() => {
    show({ is: 'polling', since });
    poller = setInterval(() => void refreshAll(), pollEveryMs);
  }, pollAfterMs);
}

function found(): void {
  clearTimeout(pollerStart);
  clearInterval(poller);
  const again = state.is !== 'connecting';
  show({ is: 'live' });
  for (const { topic } of watched.values()) ask(topic);
  if (again) void refreshAll();
}

/** Nothing is sent to a page that nobody looks at; it reads everything again when it is looked at. */
function followVisibility(): void {
  if (document.hidden) socket?.disconnect();
  else socket?.connect();
}

/** Opens the one live connection of the page. Returns what closes it. */
export function openLink(): () => void {
  socket = io(consoleNamespace, {
    transports: ['websocket'],
    reconnectionDelayMax: 5_000,
    withCredentials: true,
  });
  socket.on('connect', found);
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    lost();
    // The server ends a connection whose session is over; after a change of password the page has another one.
    if (reason === 'io server disconnect') setTimeout(() => socket?.connect(), 1_000);
  });
  socket.on('connect_error', lost);
  socket.on('update', (frame) => {
    const update = liveUpdate.safeParse(frame);
    if (update.success) patchCache(queryClient, update.data);
  });
  document.addEventListener('visibilitychange', followVisibility);
  return () => {
    document.removeEventListener('visibilitychange', followVisibility);
    clearTimeout(pollerStart);
    clearInterval(poller);
    socket?.disconnect();
    socket = undefined;
    show({ is: 'connecting' });
  };
}

function watch(topic: Topic): () => void {
  const key = topicKey(topic);
  const entry = watched.get(key) ?? { topic, users: 0 };
  entry.users++;
  watched.set(key, entry);
  if (entry.users === 1 && socket?.connected) ask(topic);
  return () => {
    entry.users--;
    if (entry.users > 0) return;
    watched.delete(key);
    if (socket?.connected) socket.emit('unwatch', { topic });
  };
}

/** Keeps the cache up to date about a topic for as long as the component is on the page. */
export function useWatch(topic: Topic | undefined): void {
  const said = topic && JSON.stringify(topic);
  useEffect(() => (said === undefined ? undefined : watch(JSON.parse(said) as Topic)), [said]);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useLinkState = (): LinkState => useSyncExternalStore(subscribe, () => state);
