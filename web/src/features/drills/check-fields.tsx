import type { DrillCheck, DrillExpectation } from '@sluice/protocol';
import { drillMetrics } from '@sluice/protocol';
import { Button } from 'antd';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { NumberInput } from '../../ui/number-input.tsx';
import { Stack } from '../../ui/stack.tsx';
import { isShare, isTime } from './check-words.ts';
import styles from './design.module.css';
import type { KnownResource } from './known-resources.ts';
import { ResourceName } from './resource-name.tsx';

type Check = DrillCheck & Partial<Pick<DrillExpectation, 'withinS' | 'afterS'>>;

interface Props {
  readonly title: string;
  readonly hint: string;
  readonly checks: readonly Check[];
  readonly resources: readonly KnownResource[];
  /** What a new one begins as. */
  readonly start: Check;
  /** They are about a time, of which they may mean a part. */
  readonly timed?: boolean;
  /** There is always one. */
  readonly needed?: boolean;
  readonly onChange: (checks: readonly Check[]) => void;
}

const checksAtMost = 20;

/** Checks of one kind, a line each: of which resource, what, how much of it, over how long. */
export function CheckFields({ title, hint, checks, resources, start, timed, needed, onChange }: Props) {
  const t = useDrillsText();
  const lines = checks.map((check, at) => ({ key: `${title} ${at + 1}`, at, check }));
  const put = (at: number, next: Check | undefined): void =>
    onChange(checks.flatMap((each, i) => (i !== at ? [each] : next === undefined ? [] : [next])));
  return (
    <Stack gap={6}>
      <div>
        <strong>{title}</strong> <span className="quiet">{hint}</span>
      </div>
      {lines.map(({ key, at, check }) => (
        <CheckLine
          key={key}
          label={key}
          check={check}
          resources={resources}
          timed={timed === true}
          onChange={(next) => put(at, next)}
          {...(!(needed && checks.length === 1) && { onRemove: () => put(at, undefined) })}
        />
      ))}
      <div>
        <Button
          size="small"
          disabled={checks.length >= checksAtMost}
          aria-label={t.drills.addCheckTo(title)}
          onClick={() => onChange([...checks, start])}
        >
          {t.drills.addCheck}
        </Button>
      </div>
    </Stack>
  );
}

interface LineProps {
  readonly label: string;
  readonly check: Check;
  readonly resources: readonly KnownResource[];
  readonly timed: boolean;
  readonly onChange: (next: Check) => void;
  readonly onRemove?: () => void;
}

type Bound = 'atLeast' | 'atMost' | 'windowS' | 'withinS' | 'afterS';

function CheckLine({ label, check, resources, timed, onChange, onRemove }: LineProps) {
  const t = useDrillsText();
  const { metric, resource, type } = check;
  const unit = isShare(metric) ? '%' : isTime(metric) ? 'ms' : undefined;
  const scale = isShare(metric) ? 100 : 1;
  /** One number of the check; emptied, it is left out. */
  const number = (field: Bound, factor: number, suffix: string | undefined, words: string) => (
    <NumberInput
      aria-label={words}
      style={{ width: 88 }}
      min={0}
      suffix={suffix}
      placeholder="–"
      value={check[field] === undefined ? null : Number((check[field] * factor).toPrecision(10))}
      onChange={(next) => {
        const { [field]: _, ...rest } = check;
        onChange(
          (next === null ? rest : { ...check, [field]: Number((next / factor).toPrecision(10)) }) as Check,
        );
      }}
    />
  );
  return (
    <fieldset className={styles.line} aria-label={label}>
      <ResourceName
        name={resource}
        type={type}
        resources={resources}
        onChange={({ resource: named, type: of }) => {
          const { type: _, ...rest } = check;
          onChange({ ...rest, resource: named, ...(of && { type: of }) });
        }}
      />
      <select
        className="plain-select"
        aria-label={t.drills.measure}
        value={metric}
        onChange={(event) => {
          const next = event.target.value as Check['metric'];
          const { atMost: _, atLeast: __, ...rest } = check;
          // A bound in percent means nothing in milliseconds.
          const keeps = isShare(next) === isShare(metric) && isTime(next) === isTime(metric);
          onChange(keeps ? { ...check, metric: next } : { ...rest, metric: next, ...startOf(next) });
        }}
      >
        {drillMetrics.map((each) => (
          <option key={each} value={each}>
            {t.drills.metrics[each]}
          </option>
        ))}
      </select>
      <span>{t.drills.atLeast}</span>
      {number('atLeast', scale, unit, t.drills.atLeast)}
      <span>{t.drills.atMost}</span>
      {number('atMost', scale, unit, t.drills.atMost)}
      <span>{t.drills.overWords}</span>
      {number('windowS', 1, t.drills.seconds, t.drills.overWords)}
      {timed && (
        <>
          <span>{t.drills.afterWords}</span>
          {number('afterS', 1, t.drills.seconds, t.drills.afterWords)}
          <span>{t.drills.withinWords}</span>
          {number('withinS', 1, t.drills.seconds, t.drills.withinWords)}
        </>
      )}
      {onRemove && (
        <span className={styles.end}>
          <Button size="small" type="text" onClick={onRemove} aria-label={t.drills.removeOf(label)}>
            {t.drills.removeLine}
          </Button>
        </span>
      )}
    </fieldset>
  );
}

/** What a measure is first held to. */
function startOf(metric: Check['metric']): Partial<Check> {
  if (metric === 'breakerOpen' || metric === 'throughput') return { atLeast: 1 };
  return isTime(metric) ? { atMost: 1000 } : { atMost: 0.05 };
}
