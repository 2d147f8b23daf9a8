import { text } from './text.ts';

/** What only a regular expression would say. A name such as `rpc:accounts.*` is a glob as it stands. */
const regular = /\\|^\^|\$$|\||\(\?|\.\+|[)\]][*+?]|(^|\/)\.\*/;

/** A pattern of `*`, `**` and `?`. A regular expression would match nothing here, without a word; it is refused. */
export const glob = (maxLength: number) =>
  text(maxLength)
    .min(1)
    .refine((value) => !regular.test(value), {
      message: 'looks like a regular expression; a glob has only *, ** and ?',
      params: { problem: 'value', zh: '看起来是正则表达式；glob 只支持 *、** 和 ?' },
    });
