import { ruleModes } from '@sluice/core';
import { Segmented } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import styles from './rule-form.module.css';

type Mode = (typeof ruleModes)[number];

interface Props {
  readonly mode: Mode;
  readonly blocked: boolean;
  readonly onChange: (mode: Mode) => void;
}

/** Off, monitor or intercept, with what that means for callers. */
export function ModeControl({ mode, blocked, onChange }: Props) {
  const t = useGuardText();
  return (
    <div className={styles.modes}>
      <Segmented<Mode>
        aria-label={t.editor.mode}
        disabled={blocked}
        value={mode}
        onChange={onChange}
        options={ruleModes.map((each) => ({ value: each, label: t.modes[each] }))}
      />
      <span className="quiet">{t.modeEffects[mode]}</span>
    </div>
  );
}
