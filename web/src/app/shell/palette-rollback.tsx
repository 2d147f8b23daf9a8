import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import type { NamespacePlace } from '../../parts/place.ts';
import { RollbackPanel } from '../../parts/rollback-panel.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';

interface Props {
  readonly place: NamespacePlace;
  readonly onClose: () => void;
}

/** Back to the release before the live one, from any page. */
export default function PaletteRollback({ place, onClose }: Props) {
  const t = useDeliveryText();
  const may = useMay('config:publish', { environment: place.env, app: place.app });
  const namespace = useQuery(read(contracts.getNamespace, { params: place }));
  const to = (namespace.data?.live?.number ?? 0) - 1;
  if (namespace.data && may.allowed && to >= 1)
    return <RollbackPanel place={place} namespace={namespace.data} to={to} onClose={onClose} />;
  return (
    <SidePanel title={`${place.app} / ${place.ns}`} open onClose={onClose}>
      <Loaded of={namespace}>{() => <Notice tone="warn">{may.reason ?? t.rollback.first}</Notice>}</Loaded>
    </SidePanel>
  );
}
