import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { Loaded } from '../../ui/loaded.tsx';

/** The list as it was confirmed, old and new value by instance; read when it is opened. */
export function PushPlanSection({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const proposed = push.state === 'planned';
  const [open, setOpen] = useState(proposed);
  const params = { env: push.environment, app: push.app, push: push.id };
  const plan = useQuery({ ...read(contracts.getPushPlan, { params }), enabled: open });
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary style={{ marginBottom: 8 }}>{proposed ? t.track.planNow : t.track.planAsConfirmed}</summary>
      {open && (
        <Loaded of={plan}>
          {(data) => <PlanView env={push.environment} app={push.app} plan={data} full />}
        </Loaded>
      )}
    </details>
  );
}
