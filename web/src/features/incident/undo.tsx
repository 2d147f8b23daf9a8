import { contracts, type IncidentEntry, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import { call, read } from '../../lib/transport.ts';
import { openKill } from '../../parts/open-kill.ts';
import { PlannedActPanel } from '../../parts/planned-act-panel.tsx';
import { actsOf } from '../../parts/push-acts.ts';
import { wordsOfPush } from '../../parts/push-words.ts';
import { RollbackPanel } from '../../parts/rollback-panel.tsx';
import { Action } from '../../ui/action.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';

interface Props {
  readonly env: string;
  readonly entry: IncidentEntry;
  readonly push: Push | undefined;
}

/** The first of the two actions that take an entry back; the second is in the panel that it opens. */
export function Undo({ env, entry, push }: Props) {
  const { marker, app } = entry;
  if (marker.kind === 'kill') return <UndoSwitch env={env} app={app} />;
  if (marker.kind !== 'push' || app === undefined) return null;
  return <UndoPush env={env} app={app} marker={marker} push={push} />;
}

/** Opens the panel of the switch, where each toggle that is on has its undo. */
function UndoSwitch({ env, app }: { readonly env: string; readonly app: string | undefined }) {
  const t = useIncidentText();
  const may = useMay('kill:use', { environment: env, app: app ?? '*' });
  const kill = useQuery({ ...read(contracts.getKill, { params: { env } }), staleTime: 10_000 });
  const state = kill.data?.items.find((each) => each.app === app);
  const isOn = state && (state.freezePublishes || state.monitorOnly || state.endFaults);
  if (!isOn) return <span className="quiet">{t.incident.isOff}</span>;
  return (
    <Action size="small" danger blocked={may.reason} onClick={() => openKill(app ?? '')}>
      {t.incident.undo}
    </Action>
  );
}

interface PushProps {
  readonly env: string;
  readonly app: string;
  readonly marker: Extract<IncidentEntry['marker'], { kind: 'push' }>;
  readonly push: Push | undefined;
}

function UndoPush({ env, app, marker, push }: PushProps) {
  const t = useIncidentText();
  const [open, setOpen] = useState(false);
  const may = useMay('config:publish', { environment: env, app });
  const close = (): void => setOpen(false);
  const isForSome = marker.release === undefined;
  if (marker.pushId === undefined && marker.release === undefined) return null;
  if (marker.what === 'abandon') return <span className="quiet">{t.incident.ended}</span>;
  if (marker.what === 'expire') return <span className="quiet">{t.incident.byItself}</span>;
  if (isForSome && push && !actsOf(push).includes('abandon'))
    return (
      <span className="quiet">{push.state === 'promoted' ? t.changes.kind.promote : t.incident.ended}</span>
    );
  const blocked =
    may.reason ??
    (marker.what === 'delete'
      ? t.incident.deleted
      : isForSome && !push
        ? t.incident.notLoaded
        : marker.release === 1
          ? t.incident.firstRelease
          : undefined);
  const several = push !== undefined && push.namespaces.length > 1;
  return (
    <>
      <Action size="small" danger blocked={blocked} onClick={() => setOpen(true)}>
        {t.incident.undo}
      </Action>
      {open && push && (isForSome || several) && (
        <TakeBack push={push} act={isForSome ? 'abandon' : 'rollback'} onClose={close} />
      )}
      {open && marker.release !== undefined && !several && (
        <BackBefore place={{ env, app, ns: marker.namespace }} release={marker.release} onClose={close} />
      )}
    </>
  );
}

interface TakeBackProps {
  readonly push: Push;
  readonly act: 'abandon' | 'rollback';
  readonly onClose: () => void;
}

/** Takes a layer away, or all releases of a push of several namespaces back. */
function TakeBack({ push, act, onClose }: TakeBackProps) {
  const t = useIncidentText();
  const params = { env: push.environment, app: push.app, push: push.id };
  const d = useDeliveryText();
  const contract = act === 'abandon' ? contracts.abandonPush : contracts.rollbackPush;
  return (
    <PlannedActPanel
      push={push}
      danger
      asked={{ act }}
      title={t.incident.undoOf(wordsOfPush(push, t))}
      text={act === 'abandon' ? d.act.abandonText : d.act.rollbackText}
      button={act === 'abandon' ? d.act.abandonButton : d.act.rollbackButton}
      run={(message, plan) => call(contract, { params, body: { message, plan } })}
      onClose={onClose}
    />
  );
}

interface BackProps {
  readonly place: { env: string; app: string; ns: string };
  readonly release: number;
  readonly onClose: () => void;
}

/** Back to what was live before a release; the diff shows later ones that go with it. */
function BackBefore({ place, release, onClose }: BackProps) {
  const t = useDeliveryText();
  const namespace = useQuery(read(contracts.getNamespace, { params: place }));
  if (namespace.data)
    return <RollbackPanel place={place} namespace={namespace.data} to={release - 1} onClose={onClose} />;
  return (
    <SidePanel title={t.rollback.title(release - 1)} open onClose={onClose}>
      <Loaded of={namespace}>{() => null}</Loaded>
    </SidePanel>
  );
}
