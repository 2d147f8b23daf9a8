import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { read } from '../../lib/transport.ts';
import { Age } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Row } from '../../ui/stack.tsx';

interface Props {
  readonly place: { readonly env: string; readonly app: string };
  /** `namespace/key` of a rule that is a script. */
  readonly rule: string;
}

const everyMs = 5000;
const instancesShown = 3;
const tones = { failing: 'warn', quarantined: 'bad', unavailable: 'bad' } as const satisfies Record<
  string,
  Tone
>;

/** How a live script does on the instances that have it: where it runs, and where it doesn't, why and since when. */
export function ScriptStanding({ place, rule }: Props) {
  const { env, app } = place;
  const g = useGuardText();
  const listed = useQuery({
    ...read(contracts.listScripts, { params: { env, app } }),
    refetchInterval: everyMs,
  });
  const status = listed.data?.items.find((item) => item.rule === rule);
  if (!status || status.mode === 'off') return null;
  const of = status.running + status.failing + status.quarantined + status.unavailable;
  const states = (['quarantined', 'unavailable', 'failing'] as const).filter((state) => status[state] > 0);
  if (states.length === 0)
    return of === 0 ? null : <div className="quiet">{g.scripts.runsOn(status.running)}</div>;
  return (
    <>
      {states.map((state) => {
        const here = status.troubles.filter((trouble) => trouble.state === state);
        const [newest] = here;
        return (
          <div key={state}>
            <Badge tone={tones[state]}>{g.scripts.troubleOn[state](status[state], of)}</Badge>
            {newest && (
              <div className="quiet">
                {newest.error} <Age at={newest.since} />
              </div>
            )}
            <Row gap={6}>
              {here.slice(0, instancesShown).map(({ instanceId }) => (
                <Link
                  key={instanceId}
                  to="/environments/$env/apps/$app/instances/$instance"
                  params={{ env, app, instance: instanceId }}
                  className="mono"
                >
                  {instanceId}
                </Link>
              ))}
              {status[state] > instancesShown && <span className="quiet">…</span>}
            </Row>
          </div>
        );
      })}
    </>
  );
}
