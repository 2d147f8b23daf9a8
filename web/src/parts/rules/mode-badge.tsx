import type { Rule } from '@sluice/core';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const tones: Readonly<Record<Rule['mode'], Tone>> = { off: 'idle', monitor: 'busy', intercept: 'accent' };
const signs: Readonly<Record<Rule['mode'], string>> = { off: '○', monitor: '◉', intercept: '■' };

/** The mode of a rule in sign, colour and word. */
export function ModeBadge({ mode }: { readonly mode: Rule['mode'] }) {
  const t = useGuardText();
  return (
    <Badge tone={tones[mode]} sign={signs[mode]}>
      {t.modes[mode]}
    </Badge>
  );
}
