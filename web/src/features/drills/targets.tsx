import type { DrillTarget } from '@sluice/protocol';
import { count } from '../../lib/format.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';

const tones: Readonly<Record<DrillTarget['state'], Tone>> = {
  asked: 'busy',
  active: 'bad',
  refused: 'warn',
  offline: 'idle',
  clean: 'ok',
};

/** Instance by instance, by its own word: broken, or proven to be clean. */
export function Targets({ targets }: { readonly targets: readonly DrillTarget[] }) {
  const t = useDrillsText();
  const columns: Column<DrillTarget>[] = [
    { key: 'instance', title: t.drills.instance, cell: (row) => <code>{row.instanceId}</code> },
    {
      key: 'state',
      title: t.drills.state,
      cell: (row) => <Badge tone={tones[row.state]}>{t.drills.instanceStates[row.state]}</Badge>,
    },
    { key: 'injected', title: t.drills.injected, align: 'right', cell: (row) => count(row.injected) },
    {
      key: 'eligible',
      title: t.drills.eligible,
      align: 'right',
      minor: true,
      cell: (row) => count(row.eligible),
    },
    {
      key: 'proof',
      title: t.drills.proof,
      cell: (row) => (
        <span className="quiet">
          {row.cleanBy && t.drills.cleanBy[row.cleanBy]}
          {row.cleanAfterMs !== undefined && ` · ${t.drills.cleanAfter(row.cleanAfterMs)}`}
          {row.error}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t.drills.targets}
      columns={columns}
      rows={targets}
      rowKey={(row) => row.instanceId}
      empty={null}
      virtual
    />
  );
}
