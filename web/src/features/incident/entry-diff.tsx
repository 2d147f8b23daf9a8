import { contracts, type IncidentEntry, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { read } from '../../lib/transport.ts';
import { ContentDiffView } from '../../parts/content-diff.tsx';
import { PlanChanges } from '../../parts/plan/plan-changes.tsx';
import { Loaded } from '../../ui/loaded.tsx';

/** Whether it can be said what an entry changed, from what to what. */
export const hasDiff = ({ marker }: IncidentEntry): boolean =>
  marker.kind === 'push' && (marker.release !== undefined || marker.pushId !== undefined);

interface Props {
  readonly env: string;
  readonly entry: IncidentEntry;
  readonly push: Push | undefined;
}

export function EntryDiff({ env, entry: { app = '', marker, rules = false }, push }: Props) {
  if (marker.kind !== 'push') return null;
  if (marker.release !== undefined)
    return (
      <ReleaseChange
        place={{ env, app, ns: marker.namespace }}
        number={marker.release}
        kind={rules ? 'rules' : 'map'}
      />
    );
  return push ? <PlanChange push={push} /> : null;
}

function ReleaseChange({
  place,
  number,
  kind,
}: {
  readonly place: { env: string; app: string; ns: string };
  readonly number: number;
  readonly kind: 'map' | 'rules';
}) {
  const query = { from: number > 1 ? String(number - 1) : 'empty', to: String(number) };
  const diff = useQuery({
    ...read(contracts.diff, { params: place, query }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return <Loaded of={diff}>{(data) => <ContentDiffView diff={data.diff} kind={kind} />}</Loaded>;
}

/** Of a layer: what its first variant sees change. */
function PlanChange({ push }: { readonly push: Push }) {
  const params = { env: push.environment, app: push.app, push: push.id };
  const plan = useQuery({ ...read(contracts.getPushPlan, { params }), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Loaded of={plan}>
      {({ variants }) => (variants[0] ? <PlanChanges variant={variants[0]} /> : null)}
    </Loaded>
  );
}
