import { contracts, type Drill, type DrillDetail } from '@sluice/protocol';
import type { LiveUpdate } from '@sluice/protocol/console';
import type { QueryClient } from '@tanstack/react-query';
import { keyOf } from '../transport.ts';
import { merged } from './merged.ts';
import { refreshSoon } from './refresh.ts';

const mostEvents = 500;

/** Drills that moved: at a glance in lists, and whole on the page of one. */
export function patchDrills(client: QueryClient, update: LiveUpdate): void {
  const { environment } = update.topic;
  for (const drill of update.drills ?? []) {
    const params = { env: environment, app: drill.app, drill: drill.drillId };
    client.setQueryData<DrillDetail>(
      keyOf(contracts.getDrill, { params }),
      (old) => old && { ...old, ...drill },
    );
    if (isOver(drill))
      refreshSoon({ environment, app: drill.app, operations: ['getDrillReport', 'getIncident'] });
    refreshSoon({ environment, app: drill.app, operations: ['listDrills'] });
  }
  if (update.topic.of !== 'drill') return;
  const { app, drill } = update.topic;
  const { drillMeasures, drillTargets = [], drillEvents = [] } = update;
  client.setQueryData<DrillDetail>(
    keyOf(contracts.getDrill, { params: { env: environment, app, drill } }),
    (old) =>
      old && {
        ...old,
        ...(drillMeasures && { measures: drillMeasures }),
        instances: merged(old.instances, drillTargets, (each) => each.instanceId),
        events: merged(old.events, drillEvents, (each) => String(each.sequence)).slice(-mostEvents),
      },
  );
}

const isOver = ({ finishedAt }: Drill): boolean => finishedAt !== undefined;
