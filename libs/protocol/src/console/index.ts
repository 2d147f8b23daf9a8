export {
  type ConsoleToServer,
  consoleNamespace,
  type LiveUpdate,
  liveUpdate,
  type ServerToConsole,
  type Topic,
  topic,
  topicKey,
  unwatch,
  watch,
} from './events.ts';
