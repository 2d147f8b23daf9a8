import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { askApps } from '../reference/apps.ts';
import { missing } from '../reference/missing.ts';
import { pushOfWhat } from './push-words.ts';

/** So many letters of an id are enough to ask for it, and so many of one are shown in lists. */
const leastLetters = 6;
const shownLetters = 8;

/** What may be the beginning of an id, and not one that is whole. */
const beginning = /^[0-9a-f][0-9a-f-]{0,34}$/;

/** The beginning of an id, long enough to be the only one of a list. */
export function shortId(id: string, among: readonly string[]): string {
  const isAlone = (length: number): boolean =>
    among.every((other) => other === id || other.slice(0, length) !== id.slice(0, length));
  let length = shownLetters;
  while (length < id.length && !isAlone(length)) length++;
  return id.slice(0, length);
}

/**
 * `<app> <id>`, or `<id>` alone, which is then looked for in every app that can be seen. The first letters of an id
 * will do where only one push begins with them.
 */
export async function findPush(context: Context, words: readonly string[]): Promise<Push> {
  const env = await context.environment();
  const [app, word] = words.length > 1 ? [words[0]!, words[1]!] : [undefined, words[0]!];
  // As it stands in a text that cut it.
  const id = word.replace(/(…|\.\.\.)$/, '').toLowerCase();
  const isShort = beginning.test(id);
  if (isShort && id.length < leastLetters) throw tooShort(id);
  const found = (
    await askApps(context, app, (name) =>
      isShort ? beginningWith(context, name, id) : exactly(context, name, word),
    )
  ).flat();
  if (found.length > 1) throw ambiguous(id, found);
  if (found[0]) return found[0];
  throw missing('push', word, app === undefined ? env : `${app} (${env})`, [], {
    en: 'See "sluice push ls".',
    zh: '请查看 "sluice push ls"。',
  });
}

async function exactly(context: Context, app: string, push: string): Promise<Push[]> {
  const [api, env] = [await context.api(), await context.environment()];
  return [await api.call(contracts.getPush, { params: { env, app, push } })];
}

async function beginningWith(context: Context, app: string, id: string): Promise<Push[]> {
  const [api, env] = [await context.api(), await context.environment()];
  const query = { id, limit: '10' };
  return (await api.call(contracts.listPushes, { params: { env, app }, query })).items;
}

const tooShort = (id: string): CliError =>
  usageError(
    { en: '"{id}" is too short for a push.', zh: '“{id}”太短，无法确定是哪个推送。' },
    {
      en: 'Give at least {least} letters of its id; "sluice push ls" lists them.',
      zh: '请至少给出编号的前 {least} 位；可用 "sluice push ls" 查看。',
    },
    { id, least: leastLetters },
  );

function ambiguous(id: string, found: readonly Push[]): CliError {
  return new CliError(
    'ambiguous_push',
    exitCode.usage,
    {
      what: { en: 'Several pushes begin with "{id}".', zh: '有多个推送以“{id}”开头。' },
      still: nothingChanged,
      todo: { en: 'Give more letters of the one that you mean.', zh: '请给出更多位以确定其中一个。' },
    },
    { id },
    {
      lines: found.map(
        (push) => `${push.id}  ${push.app}  ${pushOfWhat(push)}  ${push.state}  ${push.createdAt}`,
      ),
    },
  );
}

/** The parts of a push's path. */
export const pushParams = (push: Push): { env: string; app: string; push: string } => ({
  env: push.environment,
  app: push.app,
  push: push.id,
});
