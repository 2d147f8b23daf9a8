import { useText } from '../lib/i18n/language.ts';
import { Notice } from '../ui/notice.tsx';

/** Other servers didn't answer: what their instances tell is missing here. */
export function SilentNodes({ count }: { readonly count: number | undefined }) {
  const t = useText();
  return count ? <Notice tone="warn">{t.live.silentNodes(count)}</Notice> : null;
}
