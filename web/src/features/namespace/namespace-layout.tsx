import { contracts, type NamespaceDetail } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import type { NamespacePlace } from '../../parts/place.ts';
import { RollbackPanel } from '../../parts/rollback-panel.tsx';
import { useLayers } from '../../parts/use-layers.ts';
import { Action } from '../../ui/action.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page } from '../../ui/page.tsx';
import { TabLinks } from '../../ui/tabs.tsx';
import { SaveChip } from './draft/save-chip.tsx';
import { useDraft } from './draft/use-draft.ts';
import { LatestPush } from './latest-push.tsx';
import { MergePanel } from './merge/merge-panel.tsx';
import { NamespaceContext } from './namespace-context.ts';
import { Notices } from './notices.tsx';
import { PublishPanel } from './publish-panel.tsx';

export function NamespaceLayout() {
  const place = useParams({ from: '/shell/environments/$env/apps/$app/namespaces/$ns' });
  useWatch({ of: 'app', environment: place.env, app: place.app });
  const namespace = useQuery(read(contracts.getNamespace, { params: place }));
  if (namespace.data === undefined)
    return (
      <Frame place={place}>
        <Loaded of={namespace}>{() => null}</Loaded>
      </Frame>
    );
  return <Namespace key={`${place.env} ${place.app} ${place.ns}`} place={place} namespace={namespace.data} />;
}

type Panel =
  | { readonly of: 'publish' }
  | { readonly of: 'merge' }
  | { readonly of: 'rollback'; readonly to: number };

function Namespace({
  place,
  namespace,
}: {
  readonly place: NamespacePlace;
  readonly namespace: NamespaceDetail;
}) {
  const t = useDeliveryText();
  const [panel, setPanel] = useState<Panel>();
  const where = { environment: place.env, app: place.app };
  const mayEdit = useMay('config:edit', where);
  const mayPublish = useMay('config:publish', where);
  const live = useQuery(read(contracts.getLiveValues, { params: place }));
  const draft = useDraft(place, namespace);
  const layers = useLayers(place);
  const close = (): void => setPanel(undefined);
  const count = draft.diff.of === 'items' ? draft.diff.changes.length : Number(draft.changed);
  const before = namespace.live ? namespace.live.number - 1 : 0;
  const conflict =
    draft.stored?.baseMoved === true ||
    (draft.save.is === 'failed' && draft.save.problem.code === 'base_moved');
  const params = place;

  return (
    <NamespaceContext
      value={{
        place,
        namespace,
        live: live.data,
        draft,
        layers,
        mayEdit,
        mayPublish,
        rollBackTo: (to) => setPanel({ of: 'rollback', to }),
      }}
    >
      <Frame
        place={place}
        aside={
          <>
            <Badge tone="idle" sign={false}>
              {t.namespaces.kinds[namespace.kind]}
              {namespace.format && ` · ${namespace.format}`}
            </Badge>
            {namespace.public && (
              <Badge tone="accent" sign={false}>
                {t.links.publicBadge}
              </Badge>
            )}
            {namespace.link && (
              <Badge tone="idle" sign="↳">
                {namespace.link.app} / {namespace.link.namespace}
              </Badge>
            )}
            {namespace.description && <span className="quiet">{namespace.description}</span>}
          </>
        }
        actions={
          <>
            <Action
              danger
              aria-keyshortcuts="Shift+R"
              blocked={mayPublish.reason ?? (before < 1 ? t.rollback.first : undefined)}
              onClick={() => setPanel({ of: 'rollback', to: before })}
            >
              {t.rollback.open(before < 1 ? undefined : before)}
            </Action>
            <Action
              type="primary"
              aria-keyshortcuts="p"
              blocked={
                mayPublish.reason ??
                (conflict ? t.merge.first : draft.changed ? undefined : t.publish.nothingToPublish)
              }
              onClick={() => setPanel({ of: 'publish' })}
            >
              {count > 0 ? t.publish.openChanges(count) : t.publish.open}
            </Action>
          </>
        }
      >
        <Notices conflict={conflict} openMerge={() => setPanel({ of: 'merge' })} />
        <LatestPush />
        <TabLinks
          label={place.ns}
          aside={<SaveChip editing={draft} />}
          tabs={[
            {
              key: 'v',
              label: t.namespace.values,
              link: { to: '/environments/$env/apps/$app/namespaces/$ns', params },
            },
            {
              key: 'h',
              label: t.namespace.history,
              link: { to: '/environments/$env/apps/$app/namespaces/$ns/history', params },
            },
            {
              key: 's',
              label: t.namespace.settings,
              link: { to: '/environments/$env/apps/$app/namespaces/$ns/settings', params },
            },
          ]}
        />
        {live.isError && <Loaded of={live}>{() => null}</Loaded>}
        <Outlet />
      </Frame>
      {panel?.of === 'publish' && (
        <PublishPanel onClose={close} onConflict={() => setPanel({ of: 'merge' })} />
      )}
      {panel?.of === 'merge' && <MergePanel onClose={close} />}
      {panel?.of === 'rollback' && (
        <RollbackPanel place={place} namespace={namespace} to={panel.to} onClose={close} />
      )}
    </NamespaceContext>
  );
}

interface FrameProps {
  readonly place: NamespacePlace;
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

function Frame({ place: { env, app, ns }, ...rest }: FrameProps) {
  const t = useDeliveryText();
  return (
    <Page
      name={`${app} / ${ns}`}
      title={ns}
      above={
        <>
          <Link to="/environments/$env/apps" params={{ env }}>
            {t.shell.apps}
          </Link>
          {' / '}
          <Link to="/environments/$env/apps/$app" params={{ env, app }}>
            {app}
          </Link>
        </>
      }
      {...rest}
    />
  );
}
