import { contracts, type Linker, type NamespaceDetail } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Checkbox } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { useNamespace } from './namespace-context.ts';

/** Whether other apps may link the namespace, and who does. */
export function SharingSection() {
  const t = useDeliveryText();
  const client = useQueryClient();
  const { place, namespace, mayEdit } = useNamespace();
  const share = useMutation<NamespaceDetail, Problem, boolean>({
    mutationFn: (isPublic) =>
      call(contracts.changeNamespace, {
        params: place,
        body: { public: isPublic },
        ifMatch: namespace.etag,
      }),
    onSuccess: (changed) => {
      client.setQueryData(keyOf(contracts.getNamespace, { params: place }), changed);
      void client.invalidateQueries({ queryKey: [contracts.listNamespaces.id] });
    },
  });
  const isDocument = namespace.kind === 'document';
  const blocked = isDocument ? t.links.cannotBePublic : mayEdit.reason;
  return (
    <Section title={t.links.title}>
      <Stack gap={12}>
        {share.isError && <ProblemBox error={share.error} />}
        <Checkbox
          checked={namespace.public}
          disabled={blocked !== undefined || share.isPending}
          onChange={(event) => share.mutate(event.target.checked)}
        >
          {t.links.makePublic}
        </Checkbox>
        <span className="quiet">{blocked ?? t.links.makePublicHint}</span>
        {!isDocument && (
          <AsCommand
            line={[
              ...['sluice', 'public', namespace.public ? 'close' : 'open', place.app, place.ns],
              ...['--env', place.env],
            ]}
          />
        )}
        {(namespace.public || namespace.linkers > 0) && <Linkers />}
      </Stack>
    </Section>
  );
}

function Linkers() {
  const t = useDeliveryText();
  const { place } = useNamespace();
  const linkers = useQuery(read(contracts.listLinkers, { params: place }));
  return (
    <Loaded of={linkers}>
      {({ total, items }) => (
        <Stack gap={8}>
          <strong>{t.links.linkers(total)}</strong>
          <DataTable<Linker>
            label={t.links.linkers(total)}
            rows={items}
            rowKey={(row) => `${row.app} ${row.namespace}`}
            columns={[
              {
                key: 'who',
                title: t.links.namespace,
                cell: ({ app, namespace }) => (
                  <Link
                    to="/environments/$env/apps/$app/namespaces/$ns"
                    params={{ env: place.env, app, ns: namespace }}
                  >
                    {app} / {namespace}
                  </Link>
                ),
              },
              { key: 'depth', title: t.links.depth, align: 'right', cell: (row) => row.depth },
              { key: 'overrides', title: t.links.overrides, align: 'right', cell: (row) => row.overrides },
              {
                key: 'live',
                title: t.links.live,
                cell: (row) => (row.live ? t.links.yes : t.links.no),
              },
            ]}
            empty={total === 0 ? <span className="quiet">{t.links.nobodyLinks}</span> : null}
          />
          {total > items.length && <span className="quiet">{t.links.hidden(total - items.length)}</span>}
        </Stack>
      )}
    </Loaded>
  );
}
