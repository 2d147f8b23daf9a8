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

/** A push while it happens: the verdict so far, how many are in which state, and every target one by one. */
export function PushProgress({ place }: { readonly place: Place }) {
  useWatch({ of: 'push', environment: place.env, app: place.app, push: place.push });
  const push = useQuery(read(contracts.getPush, { params: place }));
  return <Loaded of={push}>{(data) => <Progress push={data} place={place} />}</Loaded>;
}

function Progress({ push, place }: { readonly push: Push; readonly place: Place }) {
  const t = useText();
  const [as, setAs] = useState<'grid' | 'table'>('grid');
  const [only, setOnly] = useState<ApplyState>();
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
            onChange={setAs}
            aria-label={t.push.viewAs}
            options={[
              { value: 'grid', label: t.push.asGrid },
              { value: 'table', label: t.push.asTable },
            ]}
          />
        }
      >
        <Stack>
          <Counters push={push} only={only} pick={setOnly} />
          <Loaded of={instances}>
            {({ items }) => {
              const shown = only ? items.filter((each) => each.state === only) : items;
              const View = as === 'grid' ? PushGrid : PushTable;
              return <View env={place.env} app={place.app} instances={shown} />;
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
