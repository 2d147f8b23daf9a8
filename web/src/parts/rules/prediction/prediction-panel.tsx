import { Button } from 'antd';
import { amount, percent } from '../../../lib/amount.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { useWords } from '../../../lib/i18n/words.ts';
import { LoadingRows } from '../../../ui/empty.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { ProblemBox } from '../../../ui/problem-box.tsx';
import { Progress } from '../../../ui/share-bar.tsx';
import { Stack } from '../../../ui/stack.tsx';
import { fieldOf } from '../rule-fields.ts';
import { type RuleDraft, withValue } from '../rule-value.ts';
import { MinutesChart } from './minutes-chart.tsx';
import { PartsTable } from './parts-table.tsx';
import styles from './prediction.module.css';
import { type Prediction, usePrediction } from './use-prediction.ts';

interface Props {
  readonly place: { readonly env: string; readonly app: string };
  readonly draft: RuleDraft;
  /** The live rule that this becomes of; what it blocked itself then counts too. */
  readonly liveRef?: string | undefined;
  /** Absent: only looked at. */
  readonly onChange?: ((draft: RuleDraft) => void) | undefined;
}

const targetShare = 0.01;

/** What a rule would have blocked of the calls that were recorded; follows while its threshold is dragged. */
export function PredictionPanel({ place, draft, liveRef, onChange }: Props) {
  const t = useGuardText();
  const { answer, isPredictable, isValid } = usePrediction(place, draft, liveRef);
  return (
    <Section title={t.prediction.title}>
      {!isPredictable ? (
        <Notice tone="idle">{t.prediction.impossible}</Notice>
      ) : (
        <Stack>
          {onChange && <Threshold draft={draft} prediction={answer.data} onChange={onChange} />}
          {isValid && answer.isError && (
            <ProblemBox error={answer.error} retry={() => void answer.refetch()} />
          )}
          {!isValid ? (
            <p className="quiet">{t.prediction.invalid}</p>
          ) : answer.data ? (
            <div
              className={answer.isPlaceholderData ? styles.stale : ''}
              aria-busy={answer.isPlaceholderData}
            >
              <Result prediction={answer.data} draft={draft} onChange={onChange} />
            </div>
          ) : (
            !answer.isError && <LoadingRows rows={3} label={t.prediction.title} />
          )}
        </Stack>
      )}
    </Section>
  );
}

/** The field that says where a rule begins to block. */
const thresholdOf = (draft: RuleDraft): string | undefined =>
  draft.kind === 'limit'
    ? draft.algorithm === 'concurrency'
      ? 'max'
      : 'limit'
    : draft.kind === 'breaker'
      ? 'threshold'
      : draft.kind === 'degrade'
        ? 'share'
        : undefined;

interface ThresholdProps {
  readonly draft: RuleDraft;
  readonly prediction: Prediction | undefined;
  readonly onChange: (draft: RuleDraft) => void;
}

/** The threshold to drag, over a range that has both where it is and where it would be harmless. */
function Threshold({ draft, prediction, onChange }: ThresholdProps) {
  const t = useGuardText();
  const field = thresholdOf(draft);
  if (field === undefined) return null;
  const given = draft[field] ?? (field === 'share' ? 1 : undefined);
  const value = typeof given === 'number' ? given : 1;
  const isShare = fieldOf(draft, field).is === 'share';
  const most = Math.max(value, prediction?.smallestLimit?.value ?? 0, 5);
  // Powers of two, so that the range stands still while the handle moves.
  const max = isShare ? 1 : 2 ** Math.ceil(Math.log2(most * 1.5));
  const said = typeof given !== 'number' ? '–' : isShare ? percent(given) : amount(given);
  const step = isShare ? 0.01 : max <= 64 && !Number.isInteger(value) ? 0.1 : 1;
  return (
    <div className={styles.drag}>
      <span>{t.fieldNames[field]}</span>
      <input
        type="range"
        aria-label={t.prediction.threshold}
        aria-valuetext={said}
        min={isShare ? 0.01 : 1}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(withValue(draft, field, Number(event.target.value)))}
      />
      <strong className="num">{said}</strong>
    </div>
  );
}

interface ResultProps {
  readonly prediction: Prediction;
  readonly draft: RuleDraft;
  readonly onChange: ((draft: RuleDraft) => void) | undefined;
}

function Result({ prediction: p, draft, onChange }: ResultProps) {
  const t = useGuardText();
  const say = useWords();
  const { smallestLimit } = p;
  if (p.calls === 0)
    return (
      <Stack>
        <Notice tone="idle">{t.prediction.nothing}</Notice>
      </Stack>
    );
  return (
    <Stack>
      <div data-share={p.share} data-blocked={p.wouldBlock}>
        <div className={styles.big}>
          {t.prediction.share(percent(p.share))}{' '}
          {p.shareError !== undefined && (
            <small className="quiet">{t.prediction.error(percent(p.shareError))}</small>
          )}
        </div>
        <Progress
          done={p.wouldBlock}
          of={p.calls}
          tone={p.share > 0.05 ? 'bad' : p.share > 0 ? 'warn' : 'ok'}
          label={t.prediction.title}
        />{' '}
        {t.prediction.of(amount(p.wouldBlock), amount(p.calls))}
      </div>
      {p.wouldBlock > 0 &&
        (p.healthy > 0 ? (
          <Notice tone="warn">{t.prediction.healthy(amount(p.healthy))}</Notice>
        ) : (
          <p className="quiet">{t.prediction.noneHealthy}</p>
        ))}
      <MinutesChart minutes={p.byMinute} />
      {smallestLimit && (
        <div>
          {t.prediction.smallest(amount(smallestLimit.value), percent(targetShare))}{' '}
          {onChange && draft[smallestLimit.field] !== smallestLimit.value && (
            <Button
              size="small"
              onClick={() => onChange(withValue(draft, smallestLimit.field, smallestLimit.value))}
            >
              {t.prediction.use(amount(smallestLimit.value))}
            </Button>
          )}
        </div>
      )}
      <Notice tone={p.enough ? 'ok' : 'warn'}>
        {p.enough ? t.prediction.enough : t.prediction.notEnough}
      </Notice>
      <details>
        <summary>{t.prediction.parts}</summary>
        <Stack gap={8}>
          <PartsTable title={t.prediction.byOrigin} parts={p.byOrigin} />
          <PartsTable title={t.prediction.byKey} parts={p.byKey} />
          <PartsTable title={t.prediction.byInstance} parts={p.byInstance} />
        </Stack>
      </details>
      <div className="quiet" style={{ fontSize: 12 }}>
        <p>{t.prediction.observed}</p>
        {p.warnings.map((warning) => (
          <p key={warning.en}>{say(warning)}</p>
        ))}
      </div>
    </Stack>
  );
}
