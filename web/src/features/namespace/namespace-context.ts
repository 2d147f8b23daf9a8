import type { LiveValues, NamespaceDetail, Push } from '@sluice/protocol';
import { createContext, useContext } from 'react';
import type { May } from '../../lib/access.ts';
import type { NamespacePlace } from '../../parts/place.ts';
import type { DraftEditing } from './draft/use-draft.ts';

/** What all tabs of a namespace share: the three values and who may change them. */
export interface NamespaceView {
  readonly place: NamespacePlace;
  readonly namespace: NamespaceDetail;
  /** Absent while it is read, or when it can't be. */
  readonly live: LiveValues | undefined;
  readonly draft: DraftEditing;
  /** Pushes that give some instances something else than the release, newest first. */
  readonly layers: readonly Push[];
  readonly mayEdit: May;
  readonly mayPublish: May;
  readonly rollBackTo: (release: number) => void;
}

export const NamespaceContext = createContext<NamespaceView | undefined>(undefined);

export function useNamespace(): NamespaceView {
  const view = useContext(NamespaceContext);
  if (!view) throw new Error('a tab of a namespace outside its page');
  return view;
}
