import { contracts, type Drill, type DrillTemplate } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMay } from '../../lib/access.ts';
import { count } from '../../lib/format.ts';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { DrillStateBadge } from './drill-state.tsx';

const from = '/shell/environments/$env/apps/$app/drills';

/** The drills of an app, and designs to begin with. */
export function DrillsTab() {
  const t = useDrillsText();
  const { env, app } = useParams({ from });
  const { before } = useSearch({ from });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/drills' });
  const params = { env, app };
  const may = useMay('drill:run', { environment: env, app });
  const runs = useQuery(
    read(contracts.listDrills, { params, query: { limit: '20', ...(before !== undefined && { before }) } }),
  );
  const templates = useQuery(read(contracts.listDrillTemplates, { params }));
  const columns: Column<Drill>[] = [
    {
      key: 'drill',
      title: t.drills.drill,
      cell: (row) => (
        <Link to="/environments/$env/apps/$app/drills/$drill" params={{ ...params, drill: row.drillId }}>
          <strong>{row.title}</strong>
        </Link>
      ),
    },
    { key: 'state', title: t.drills.state, cell: (row) => <DrillStateBadge state={row.state} /> },
    {
      key: 'started',
      title: t.drills.started,
      cell: (row) => (
        <>
          {row.startedAt ? <Age at={row.startedAt} /> : <span className="quiet">–</span>}{' '}
          <span className="quiet">{t.drills.by(row.startedBy ?? row.createdBy)}</span>
        </>
      ),
    },
    { key: 'targets', title: t.drills.targets, align: 'right', cell: (row) => count(row.targets) },
    { key: 'injected', title: t.drills.injected, align: 'right', cell: (row) => count(row.injected) },
  ];
  return (
    <>
      <p className="quiet">{t.drills.intro}</p>
      <Section
        flush
        title={t.drills.runs}
        aside={
          <Action
            type="primary"
            blocked={may.reason}
            onClick={() =>
              void navigate({ to: '/environments/$env/apps/$app/drills/new', params: { env, app } })
            }
          >
            {t.drills.newTitle}
          </Action>
        }
      >
        <Loaded of={runs}>
          {({ items, next }) => (
            <>
              <DataTable
                label={t.drills.runs}
                columns={columns}
                rows={items}
                rowKey={(row) => row.drillId}
                tone={(row) => (row.state === 'running' ? 'bad' : undefined)}
                empty={<Empty title={t.drills.none}>{t.drills.noneHint}</Empty>}
              />
              <Pager
                newest={before === undefined}
                older={next}
                go={(cursor) => void navigate({ search: { before: cursor } })}
              />
            </>
          )}
        </Loaded>
      </Section>
      <Section flush title={t.drills.templates}>
        <Loaded of={templates}>{({ items }) => <Templates env={env} app={app} templates={items} />}</Loaded>
      </Section>
    </>
  );
}

interface TemplatesProps {
  readonly env: string;
  readonly app: string;
  readonly templates: readonly DrillTemplate[];
}

function Templates({ env, app, templates }: TemplatesProps) {
  const t = useDrillsText();
  const language = useLanguage();
  const navigate = useNavigate();
  const may = useMay('drill:run', { environment: env, app });
  const columns: Column<DrillTemplate>[] = [
    {
      key: 'title',
      title: t.drills.drill,
      cell: (row) => (
        <>
          <strong>{row.title[language]}</strong>
          <div className="quiet">{row.description[language]}</div>
        </>
      ),
    },
    {
      key: 'fits',
      title: t.drills.state,
      cell: (row) => (
        <Badge tone={row.fits ? 'ok' : 'idle'}>{row.fits ? t.drills.fits : t.drills.fitsNot}</Badge>
      ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Action
          size="small"
          blocked={may.reason}
          onClick={() =>
            void navigate({
              to: '/environments/$env/apps/$app/drills/new',
              params: { env, app },
              search: { template: row.template },
            })
          }
        >
          {t.drills.use}
          <span className="visually-hidden">: {row.title[language]}</span>
        </Action>
      ),
    },
  ];
  return (
    <DataTable
      label={t.drills.templates}
      columns={columns}
      // Those that could be run here come first.
      rows={[...templates].sort((a, b) => Number(b.fits) - Number(a.fits))}
      rowKey={(row) => row.template}
      empty={<Empty title={t.drills.none} />}
    />
  );
}
