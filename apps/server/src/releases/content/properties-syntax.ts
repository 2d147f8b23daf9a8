import { DocumentFault, placeOf } from './document-fault.ts';

const malformedEscape = {
  en: 'a \\u escape needs four hex digits',
  zh: '\\u 转义需要四位十六进制数字',
};

/** Nearly any text is a `.properties` file; what `java.util.Properties` refuses is a `\u` without four hex digits. */
export function checkProperties(text: string): void {
  const isComment = /^[ \t\f]*[#!]/;
  let continues = false;
  for (const line of text.matchAll(/[^\r\n]+/g)) {
    if (!continues && isComment.test(line[0])) continue;
    continues = false;
    for (const escaped of line[0].matchAll(/\\(u[0-9A-Fa-f]{4}|[\s\S]|$)/g)) {
      if (escaped[1] === '') continues = true;
      if (escaped[1] === 'u')
        throw new DocumentFault(placeOf(text, line.index + escaped.index), malformedEscape);
    }
  }
}
