import { type ApplyState, applyStates } from '@sluice/core';
import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { count } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import { useWatch } from '../lib/live/link.ts';
import { read } from '../lib/transport.ts';
import { Badge } from '../ui/badge.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Section } from '../ui/page.tsx';
import { type SortSearch, sortingIn } from '../ui/sorting-in.ts';
import { Stack } from '../ui/stack.tsx';
import { applyLook } from './apply-state.ts';
import { PushGrid } from './push-grid.tsx';
import styles from './push-progress.module.css';
import { PushTable } from './push-table.tsx';
import { VerdictLine } from './verdict-line.tsx';

interface Place {
  readonly env: string;
  readonly app: string;
  readonly push: string;
}

/** How its targets are shown: as a table, only those in one state, in which order. */
export interface PushView extends SortSearch {
  readonly as?: string | undefined;
  readonly only?: string | undefined;
}

interface Props {
  readonly place: Place;
  /** How targets are shown where that lies in the address, and the way to another view. */
  readonly view?: PushView;
  readonly show?: (next: PushView) => void;
}

/** A push while it happens: the verdict so far, how many are in which state, and every target one by one. */
export function PushProgress({ place, view, show }: Props) {
  useWatch({ of: 'push', environment: place.env, app: place.app, push: place.push });
  const push = useQuery(read(contracts.getPush, { params: place }));
  const [own, setOwn] = useState<PushView>({});
  return (
    <Loaded of={push}>
      {(data) => <Progress push={data} place={place} view={view ?? own} show={show ?? setOwn} />}
    </Loaded>
  );
}

function Progress({ push, place, view, show }: Required<Props> & { readonly push: Push }) {
  const t = useText();
  const as = view.as === 'table' ? 'table' : 'grid';
  const only = applyStates.find((each) => each === view.only);
  const go = (part: PushView): void => show({ ...view, ...part });
  const instances = useQuery(read(contracts.listPushInstances, { params: place }));
  return (
    <Stack>
      <VerdictLine push={push} />
      <Section
        title={t.push.instances(push.verdict.targets)}
        aside={
          <Segmented
            size="small"
            value={as}
            onChange={(next) => go({ as: next === 'grid' ? undefined : next })}
            aria-label={t.push.viewAs}
            options={[
              { value: 'grid', label: t.push.asGrid },
              { value: 'table', label: t.push.asTable },
            ]}
          />
        }
      >
        <Stack>
          <Counters push={push} only={only} pick={(next) => go({ only: next })} />
          <Loaded of={instances}>
            {({ items }) => {
              const shown = only ? items.filter((each) => each.state === only) : items;
              const rows = { env: place.env, app: place.app, instances: shown };
              return as === 'grid' ? (
                <PushGrid {...rows} />
              ) : (
                <PushTable {...rows} sorting={sortingIn(view, go)} />
              );
            }}
          </Loaded>
        </Stack>
      </Section>
    </Stack>
  );
}

/** How many targets are in which state; pressing one shows only those. */
function Counters({
  push,
  only,
  pick,
}: {
  push: Push;
  only: ApplyState | undefined;
  pick: (state?: ApplyState) => void;
}) {
  const t = useText();
  const { counts } = push.verdict;
  const always: readonly ApplyState[] = ['applied', 'pending', 'offline'];
  return (
    <div className={styles.counters}>
      {applyStates
        .filter((state) => counts[state] > 0 || always.includes(state))
        .map((state) => (
          <button
            key={state}
            type="button"
            className={styles.counter}
            aria-pressed={only === state}
            onClick={() => pick(only === state ? undefined : state)}
          >
            <strong className="num">{count(counts[state])}</strong>
            <Badge tone={applyLook[state].tone} sign={applyLook[state].sign}>
              {t.push.state[state]}
            </Badge>
          </button>
        ))}
    </div>
  );
}
