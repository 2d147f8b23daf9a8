import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { shortDigest } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { PushProgress } from '../../parts/push-progress.tsx';
import { releaseOf, usePushWords } from '../../parts/push-words.ts';
import { RollbackPanel } from '../../parts/rollback-panel.tsx';
import { pushTone } from '../../parts/verdict-line.tsx';
import { Action } from '../../ui/action.tsx';
import { Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';

/** A push by its address: survives reloads, can be sent to a colleague, stays true afterwards. */
export function PushPage() {
  const t = useText();
  const place = useParams({ from: '/shell/environments/$env/apps/$app/pushes/$push' });
  const { env, app } = place;
  useWatch({ of: 'app', environment: env, app });
  const push = useQuery(read(contracts.getPush, { params: place }));
  const words = usePushWords(push.data);
  return (
    <Page
      name={words}
      title={words}
      above={
        <>
          <Link to="/environments/$env/apps/$app" params={{ env, app }}>
            {app}
          </Link>
          {push.data?.namespaces.map(({ name }) => (
            <Fragment key={name}>
              {' / '}
              <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: name }}>
                {name}
              </Link>
            </Fragment>
          ))}
          {' / '}
          <Link to="/environments/$env/apps/$app/pushes" params={{ env, app }}>
            {t.apps.pushes}
          </Link>
        </>
      }
      aside={push.data && <Badge tone={pushTone(push.data)}>{t.push.pushState[push.data.state]}</Badge>}
      actions={
        push.data &&
        releaseOf(push.data) !== undefined && <RollBack push={push.data} release={releaseOf(push.data)!} />
      }
    >
      <Loaded of={push}>
        {(data) => (
          <>
            <PushProgress place={place} />
            <Section title={t.push.about}>
              <Facts
                facts={[
                  [t.changes.why, data.message || '–'],
                  [t.changes.who, data.createdBy],
                  [t.changes.at, <Moment key="at" at={data.createdAt} />],
                  [t.push.mode, t.push.modes[data.mode]],
                  ...data.namespaces.flatMap(({ name, digest }) =>
                    digest === undefined
                      ? []
                      : [
                          [
                            `${t.push.digest} · ${name}`,
                            <code key="digest" title={digest}>
                              {shortDigest(digest)}
                            </code>,
                          ] as const,
                        ],
                  ),
                  [t.changes.revision, data.revision],
                ]}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Back to the release before this one, as long as this one is what counts. */
function RollBack({ push, release }: { readonly push: Push; readonly release: number }) {
  const t = useText();
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
