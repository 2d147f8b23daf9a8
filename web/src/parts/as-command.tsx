import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { CopyBlock } from '../ui/copy.tsx';
import { words } from './command-line.ts';

/** What a panel does, as the line of a shell that does the same. */
export function AsCommand({ line }: { readonly line: readonly string[] }) {
  const t = useDeliveryText();
  return (
    <details>
      <summary>{t.publish.asCommand}</summary>
      <CopyBlock text={words(line)} label={t.publish.asCommand} />
    </details>
  );
}
