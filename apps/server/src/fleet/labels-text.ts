import { SluiceError } from '@sluice/core';
import { labels } from '@sluice/protocol';

/** Labels as they travel in an address: a JSON object of texts. Throws `malformed_request`. */
export function readLabels(text: string): Readonly<Record<string, string>> {
  const parsed = labels.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new SluiceError('malformed_request', {
    reason: {
      en: 'labels must be a JSON object of texts, at most 64 of them',
      zh: 'labels 必须是值为文本的 JSON 对象，最多 64 项',
    },
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
