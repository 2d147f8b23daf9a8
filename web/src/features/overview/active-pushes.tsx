import type { contracts, ResponseOf } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Progress } from '../../ui/share-bar.tsx';
import { isMoving } from './tiles.tsx';

type Active = ResponseOf<typeof contracts.overview>['activePushes'];

/** What is on its way, and what is in force on some instances only, with who began it and when. */
export function ActivePushes({ env, pushes }: { readonly env: string; readonly pushes: Active }) {
  const t = useText();
  return (
    <DataTable
      label={t.overview.activePushes}
      rows={pushes}
      rowKey={(row) => row.id}
      empty={<Empty title={t.overview.noPush} />}
      columns={[
        {
          key: 'what',
          title: t.overview.namespace,
          cell: (row) => (
            <>
              <Link
                to="/environments/$env/apps/$app/pushes/$push"
                params={{ env, app: row.app, push: row.id }}
              >
                {row.app} / {row.namespace}
              </Link>{' '}
              <Badge
                tone={isMoving(row.state) ? 'busy' : row.state === 'halted' ? 'bad' : 'idle'}
                sign={false}
              >
                {t.push.modes[row.mode]}
              </Badge>
              <div className="quiet">
                {row.createdBy}, <Age at={row.createdAt} />
              </div>
            </>
          ),
        },
        {
          key: 'far',
          title: t.overview.holding,
          align: 'right',
          cell: (row) => (
            <>
              <Progress
                done={row.holding}
                of={row.targets}
                label={t.overview.holding}
                tone={isMoving(row.state) ? 'busy' : 'ok'}
              />{' '}
              <span className="num">
                {row.holding}/{row.targets}
              </span>
            </>
          ),
        },
      ]}
    />
  );
}
