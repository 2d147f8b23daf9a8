/** The channel to the process that started this server. */
export interface ParentLine {
  send(message: object): void;
  listen(hear: (message: unknown) => void): () => void;
}

export const PARENT_LINE = Symbol('the channel to the process that started this server');

/** Only the demo listens at its other end: a server of anybody else has none, whoever started it. */
export function parentLineOf(isDemo: boolean, own: NodeJS.Process): ParentLine | undefined {
  if (!isDemo || own.send === undefined) return undefined;
  return {
    send(message) {
      // A parent that is gone ends this process, too; nothing is lost with a message to it.
      if (own.connected) own.send?.(message, undefined, undefined, () => undefined);
    },
    listen(hear) {
      own.on('message', hear);
      return () => own.off('message', hear);
    },
  };
}
