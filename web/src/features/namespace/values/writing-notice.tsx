import type { Json, Rule } from '@sluice/core';
import { Button } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { isDraft } from '../../../parts/rules/rule-value.ts';
import { sentenceOf } from '../../../parts/rules/sentence.ts';
import { Notice } from '../../../ui/notice.tsx';
import { Row } from '../../../ui/stack.tsx';
import type { Writing } from './use-writing.ts';

interface Props {
  readonly writing: Writing;
  /** The rule as it is now. */
  readonly now: Json | undefined;
  readonly startOver: () => void;
}

/** That what is being written comes from before, or that somebody else changed the rule meanwhile, with the ways on. */
export function WritingNotice({ writing, now, startOver }: Props) {
  const g = useGuardText();
  if (writing.isMoved)
    return (
      <Notice
        tone="warn"
        action={
          <Row>
            <Button size="small" onClick={startOver}>
              {g.writing.takeTheirs}
            </Button>
            <Button size="small" onClick={() => writing.rebase(true)}>
              {g.writing.keepMine}
            </Button>
          </Row>
        }
      >
        {isDraft(now)
          ? g.writing.movedTo(g.modes[now.mode as Rule['mode']] ?? '', sentenceOf(now, g))
          : g.writing.removedMeanwhile}
      </Notice>
    );
  if (!writing.isKept) return null;
  return (
    <Notice
      tone="busy"
      action={
        <Button size="small" onClick={startOver}>
          {g.writing.startOver}
        </Button>
      }
    >
      {g.writing.kept}
    </Notice>
  );
}
