import type { contracts, ResponseOf } from '@sluice/protocol';
import { amount } from '../../lib/amount.ts';
import { count } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { Age } from '../../ui/age.tsx';
import { type Tone } from '../../ui/badge.tsx';
import styles from './overview-page.module.css';

type Overview = ResponseOf<typeof contracts.overview>;
type EnvironmentTraffic = ResponseOf<typeof contracts.environmentTraffic>;

interface Props {
  readonly overview: Overview;
  readonly traffic: EnvironmentTraffic | undefined;
  /** Kill switches that are on, and since when it is known. */
  readonly switches: { readonly on: number; readonly at: string } | undefined;
}

/** The figures of an environment, each with its age. */
export function Tiles({ overview, traffic, switches }: Props) {
  const t = useText().overview;
  const { at, instancesOnline: online, instancesDiffering: differing, activePushes } = overview;
  const moving = activePushes.filter((push) => isMoving(push.state));
  return (
    <div className={styles.tiles}>
      <Tile
        label={t.online}
        value={count(online)}
        note={t.offline(overview.instancesOffline)}
        at={at}
        tone={online > 0 ? 'ok' : 'idle'}
      />
      <Tile
        label={t.differing}
        value={count(differing)}
        at={at}
        tone={differing > 0 ? 'warn' : online > 0 ? 'ok' : 'idle'}
        {...(online > 0 && {
          note: differing > 0 ? t.someDiffer : t.allEqual,
        })}
      />
      <Tile label={t.pushesRunning} value={count(moving.length)} at={at} tone="busy" />
      <Tile
        label={t.partial}
        value={count(activePushes.length - moving.length)}
        at={at}
        tone={activePushes.length > moving.length ? 'busy' : 'idle'}
      />
      {traffic && <TrafficTiles traffic={traffic} />}
      {switches && (
        <Tile
          label={t.switches}
          value={count(switches.on)}
          at={switches.at}
          tone={switches.on > 0 ? 'bad' : 'idle'}
        />
      )}
    </div>
  );
}

/** Whether a push is still on its way; else it stays in force on some instances. */
export const isMoving = (state: string): boolean =>
  state === 'running' || state === 'verifying' || state === 'promoting';

function TrafficTiles({ traffic: { apps, at } }: { readonly traffic: EnvironmentTraffic }) {
  const t = useText().overview;
  const minutes = apps.flatMap(({ minute }) => minute ?? []);
  const each = (of: (minute: (typeof minutes)[number]) => number): number =>
    minutes.reduce((total, minute) => total + of(minute) / minute.seconds, 0);
  const errors = each((minute) => minute.errors);
  const open = apps.reduce((total, app) => total + app.breakersOpen, 0);
  const perSec = (n: number): string => (minutes.length === 0 ? '–' : t.perSec(amount(n)));
  return (
    <>
      <Tile label={t.calls} value={perSec(each((minute) => minute.passed))} at={at} tone="accent" />
      <Tile label={t.errors} value={perSec(errors)} at={at} tone={errors > 0 ? 'warn' : 'ok'} />
      <Tile label={t.breakers} value={count(open)} at={at} tone={open > 0 ? 'bad' : 'ok'} />
    </>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly at: string;
  readonly tone: Tone;
  readonly note?: string;
}

function Tile({ label, value, at, tone, note }: TileProps) {
  return (
    <div className={`${styles.tile} ${styles[tone]}`}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>{value}</span>
      {note !== undefined && <span className={styles.age}>{note}</span>}
      <span className={styles.age}>
        <Age at={at} />
      </span>
    </div>
  );
}
