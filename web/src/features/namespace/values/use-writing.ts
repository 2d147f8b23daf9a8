import { type Json, sameData } from '@sluice/core';
import { useState } from 'react';
import { isDraft, type RuleDraft } from '../../../parts/rules/rule-value.ts';

interface Written {
  readonly id: string;
  readonly draft: RuleDraft;
  /** The rule that it was made of; absent for a new one. */
  readonly base: Json | undefined;
}

export interface Writing extends Written {
  /** Whether it comes from before: the panel was left, or the page loaded again. */
  readonly isKept: boolean;
  /** Whether the rule is another one by now than the one that this was made of. */
  readonly isMoved: boolean;
  readonly write: (part: Partial<Written>) => void;
  /** Goes on from the rule as it is now, with what was written or without. */
  readonly rebase: (keepsMine: boolean) => void;
  readonly forget: () => void;
}

function found(key: string): Written | undefined {
  try {
    const { id, draft, base } = JSON.parse(sessionStorage.getItem(key) ?? '') as Written;
    return typeof id === 'string' && isDraft(draft) ? { id, draft, base } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A rule while it is being written: kept in this tab until it is put into the draft or given up, whatever closes the
 * panel. A rule of which nothing was written follows what others make of it.
 */
export function useWriting(key: string, id: string, now: Json | undefined, first: RuleDraft): Writing {
  const fresh = (): Written => ({ id, draft: isDraft(now) ? now : first, base: now });
  const [{ written, isKept }, setState] = useState(() => {
    const kept = found(key);
    const isOther = kept && !sameData(kept.draft, now);
    return isOther ? { written: kept, isKept: true } : { written: fresh(), isKept: false };
  });
  const isMoved = !sameData(written.base, now);
  if (isMoved && now !== undefined && sameData(written.draft, written.base))
    setState({ written: fresh(), isKept: false });
  const forget = (): void => sessionStorage.removeItem(key);
  const write = (part: Partial<Written>): void => {
    const next = { ...written, ...part };
    setState({ written: next, isKept: false });
    try {
      sessionStorage.setItem(key, JSON.stringify(next));
    } catch {
      // A full or forbidden storage: it is still on the page.
    }
  };
  const rebase = (keepsMine: boolean): void => {
    if (keepsMine) write({ base: now });
    else {
      forget();
      setState({ written: fresh(), isKept: false });
    }
  };
  return { ...written, isKept, isMoved, write, rebase, forget };
}
