import { Document, type Scalar, visit } from 'yaml';
import { harmless } from '../host/terminal-text.ts';

/** YAML that reads back as exactly the same data; texts of several lines stay readable as blocks. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string') return;
      if (harmless(node.value) !== node.value || node.value.includes('\ufeff'))
        (node as Scalar).type = 'QUOTE_DOUBLE';
    },
  });
  return escapeQuoted(document.toString({ lineWidth: 0 }));
}

/** What is still raw in the text stands inside double quotes, where `\u00XX` means the same. */
const escapeQuoted = (text: string): string => harmless(text).replaceAll('\ufeff', '\\uFEFF');
