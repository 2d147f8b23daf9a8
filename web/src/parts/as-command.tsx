import { useText } from '../lib/i18n/language.ts';
import { CopyBlock } from '../ui/copy.tsx';
import { words } from './command-line.ts';

interface Props {
  /** Its words, or the line as it is written. */
  readonly line: readonly string[] | string;
  /** Where the command does more or less than the panel, what it does. */
  readonly title?: string;
}

/** What a panel does, as the line of a shell that does the same. */
export function AsCommand({ line, title }: Props) {
  const t = useText();
  const label = title ?? t.common.asCommand;
  return (
    <details>
      <summary>{label}</summary>
      <CopyBlock text={typeof line === 'string' ? line : words(line)} label={label} />
    </details>
  );
}
