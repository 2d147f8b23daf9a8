import { useGuardText } from '../lib/i18n/guard/guard-texts.ts';
import { Notice } from '../ui/notice.tsx';

/** Other servers didn't answer: what their instances tell is missing here. */
export function SilentNodes({ count }: { readonly count: number | undefined }) {
  const t = useGuardText();
  return count ? <Notice tone="warn">{t.resources.silentNodes(count)}</Notice> : null;
}
