import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { RollbackPanel } from '../../parts/rollback-panel.tsx';
import { Action } from '../../ui/action.tsx';

/** Back to the release before this one, as long as this one is what counts. */
export function RollBackRelease({ push, release }: { readonly push: Push; readonly release: number }) {
  const t = useDeliveryText();
  const [open, setOpen] = useState(false);
  const place = { env: push.environment, app: push.app, ns: push.namespaces[0]!.name };
  const may = useMay('config:publish', { environment: push.environment, app: push.app });
  const namespace = useQuery(read(contracts.getNamespace, { params: place }));
  const live = namespace.data?.live?.number;
  const blocked =
    may.reason ??
    (namespace.isError
      ? namespace.error.message
      : live === undefined
        ? t.common.loading
        : live !== release
          ? t.rollback.notLive(release, live)
          : release <= 1
            ? t.rollback.first
            : undefined);
  return (
    <>
      <Action danger blocked={blocked} onClick={() => setOpen(true)}>
        {t.rollback.open(release > 1 ? release - 1 : undefined)}
      </Action>
      {open && namespace.data && (
        <RollbackPanel
          place={place}
          namespace={namespace.data}
          to={release - 1}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
