import type { Json } from '@sluice/core';
import { Button } from 'antd';
import { nowMs } from '../../../lib/clock.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';

interface Props {
  readonly label: string;
  readonly blocked: boolean;
  readonly isWrong?: boolean;
  readonly value: Json | undefined;
  /** What it means when there is none; absent where there has to be one. */
  readonly none?: string;
  readonly onChange: (moment: string | undefined) => void;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A moment as the browser's own input writes it, in the reader's zone. */
function localText(moment: string): string {
  const d = new Date(moment);
  if (Number.isNaN(d.getTime())) return '';
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}

const inMs = (ms: number): string => new Date(nowMs() + ms).toISOString();

/** A moment in the reader's own time; kept in UTC. */
export function MomentInput({ label, blocked, isWrong = false, value, none, onChange }: Props) {
  const t = useGuardText();
  return (
    <span style={{ display: 'inline-flex', gap: 4, flexWrap: 'wrap' }}>
      <input
        type="datetime-local"
        className="moment-input"
        aria-label={label}
        aria-invalid={isWrong || undefined}
        disabled={blocked}
        value={typeof value === 'string' ? localText(value) : ''}
        onChange={(event) => {
          const picked = new Date(event.target.value);
          if (event.target.value === '') onChange(undefined);
          else if (!Number.isNaN(picked.getTime())) onChange(picked.toISOString());
        }}
      />
      {!blocked && (
        <>
          <Button size="small" onClick={() => onChange(inMs(3_600_000))}>
            {t.editor.in1h}
          </Button>
          <Button size="small" onClick={() => onChange(inMs(86_400_000))}>
            {t.editor.in1d}
          </Button>
          {none !== undefined && value !== undefined && (
            <Button size="small" onClick={() => onChange(undefined)}>
              {none}
            </Button>
          )}
        </>
      )}
    </span>
  );
}
