import { type Rule, ruleModes } from '@sluice/core';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Action } from '../../ui/action.tsx';

interface Props {
  /** As it is named to people who only hear the buttons. */
  readonly name: string;
  readonly mode: Rule['mode'];
  readonly blocked: string | undefined;
  readonly open: (to: Rule['mode']) => void;
}

/** The ways of a live rule to its other modes, off always among them: each opens what it would do, to be released. */
export function ModeActions({ name, mode, blocked, open }: Props) {
  const g = useGuardText();
  // The strongest first, so that off stands at the end.
  const others = [...ruleModes].reverse().filter((each) => each !== mode);
  return others.map((to) => (
    <Action
      key={to}
      size="small"
      blocked={blocked}
      onClick={() => open(to)}
      {...(blocked === undefined && { 'aria-label': g.switchMode.openNamed(g.switchMode.open[to], name) })}
    >
      {g.switchMode.open[to]}
    </Action>
  ));
}
