import { basename, extname } from 'node:path';
import type { DocumentFormat } from '@sluice/core';

const byExtension: Readonly<Record<string, DocumentFormat>> = {
  '.yml': 'yaml',
  '.yaml': 'yaml',
  '.json': 'json',
  '.properties': 'properties',
  '.txt': 'text',
  '.text': 'text',
  '.toml': 'text',
  '.ini': 'text',
  '.conf': 'text',
  '.xml': 'text',
};

/** The format that a file's name promises, or undefined when it promises none. */
export function formatOf(path: string): DocumentFormat | undefined {
  return byExtension[extname(path).toLowerCase()];
}

/** `conf/application.yml` becomes `application`; `-` has no name of its own. */
export function namespaceNameOf(path: string): string {
  return basename(path, extname(path));
}

/** The file that an exported document goes to. */
export function fileNameOf(namespace: string, format: DocumentFormat): string {
  return namespace + { yaml: '.yaml', json: '.json', properties: '.properties', text: '.txt' }[format];
}
