import type { contracts, ResponseOf } from '@sluice/protocol';
import { amount } from '../../lib/amount.ts';
import { clockTime, count } from '../../lib/format.ts';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import styles from './incident.module.css';

type Incident = ResponseOf<typeof contracts.getIncident>;

const heightPx = 72;
const widthPx = 1000;

/** Calls of all apps by step, errors and refusals on top of what passed, with every change as a line. */
export function CallsStrip({ incident }: { readonly incident: Incident }) {
  const t = useIncidentText().incident;
  const { calls, stepMs } = incident;
  if (calls.length === 0) return <p className="quiet">{t.noCalls}</p>;
  const [fromMs, toMs] = [Date.parse(incident.from), Date.parse(incident.to)];
  const most = Math.max(1, ...calls.map((each) => each.passed + each.blocked));
  const x = (ms: number): number => ((ms - fromMs) / (toMs - fromMs)) * widthPx;
  const barPx = Math.max(1, (stepMs / (toMs - fromMs)) * widthPx - 1);
  const h = (n: number): number => (n / most) * heightPx;
  const sum = (of: (each: (typeof calls)[number]) => number): number =>
    calls.reduce((total, each) => total + of(each), 0);
  const changes = incident.items.filter(({ marker }) => marker.kind !== 'breaker');
  const changesAt = [...new Set(changes.map(({ marker }) => marker.at))];
  const words = t.summary(
    count(sum((each) => each.errors)),
    count(sum((each) => each.blocked)),
    sum((each) => each.opened),
  );
  return (
    <div>
      <svg
        className={styles.strip}
        viewBox={`0 0 ${widthPx} ${heightPx + 8}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t.calls}: ${words}`}
      >
        {calls.map((each) => {
          const left = x(Date.parse(each.at));
          const [passed, blocked] = [h(each.passed), h(each.blocked)];
          const bad = Math.max(each.errors > 0 ? 2 : 0, h(each.errors));
          return (
            <g key={each.at}>
              <title>
                {t.step(clockTime(each.at), amount(each.passed), amount(each.errors), amount(each.blocked))}
              </title>
              <rect className={styles.passed} x={left} y={heightPx - passed} width={barPx} height={passed} />
              <rect
                className={styles.blocked}
                x={left}
                y={heightPx - passed - blocked}
                width={barPx}
                height={blocked}
              />
              <rect className={styles.errors} x={left} y={heightPx - bad} width={barPx} height={bad} />
              {each.opened > 0 && (
                <rect className={styles.opened} x={left} y={heightPx + 2} width={barPx} height={6} />
              )}
            </g>
          );
        })}
        {changesAt.map((moment) => (
          <line
            key={moment}
            className={styles.change}
            x1={x(Date.parse(moment))}
            x2={x(Date.parse(moment))}
            y1={0}
            y2={heightPx + 8}
          />
        ))}
      </svg>
      <div className={styles.ends}>
        <span className="num">{clockTime(fromMs)}</span>
        <ul className={styles.legend}>
          {(['passed', 'blocked', 'errors', 'opened', 'change'] as const).map((each) => (
            <li key={each}>
              <span className={`${styles.dot} ${styles[`${each}Dot`]}`} aria-hidden="true" />
              {t.legend[each]}
            </li>
          ))}
        </ul>
        <span className="num">{clockTime(toMs)}</span>
      </div>
      <p className="quiet">{words}</p>
    </div>
  );
}
