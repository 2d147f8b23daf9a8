import type { KillSwitchState } from '@sluice/protocol';
import { useText } from '../../lib/i18n/language.ts';
import { Action } from '../../ui/action.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Progress } from '../../ui/share-bar.tsx';
import styles from './kill.module.css';
import type { KillToggle } from './kill-state.ts';

interface Props {
  readonly toggle: KillToggle;
  readonly state: KillSwitchState | undefined;
  readonly byWholeToo: boolean;
  readonly online: number;
  readonly blocked: string | undefined;
  readonly loading: boolean;
  readonly first: boolean;
  readonly press: (toggle: KillToggle, on: boolean) => void;
}

/** One toggle: what it does, whether it is on, how many obey, and the press that turns it. */
export function KillToggleRow({ toggle, state, online, press, ...props }: Props) {
  const t = useText();
  const isOn = state?.[toggle] === true;
  const name = t.kill.toggles[toggle];
  return (
    <div className={`${styles.toggle} ${isOn ? styles.lit : ''}`}>
      <div>
        <div className={styles.name}>
          {name}
          <Badge tone={isOn ? 'bad' : 'idle'} sign={isOn ? '●' : '○'}>
            {isOn ? t.kill.on : t.kill.off}
          </Badge>
        </div>
        <p className="quiet">{t.kill.effects[toggle]}</p>
        {props.byWholeToo && <p className="quiet">{t.kill.byWholeToo}</p>}
      </div>
      <Action
        danger={!isOn}
        type={isOn ? 'default' : 'primary'}
        blocked={props.blocked}
        loading={props.loading}
        onClick={() => press(toggle, !isOn)}
        {...(props.first && { 'data-first-focus': '' })}
      >
        {isOn ? t.kill.undo(name, online) : t.kill.turnOn(name, online)}
      </Action>
      {isOn && state && (
        <div role="status">
          <Progress
            done={state.acked}
            of={state.instances}
            tone={state.acked === state.instances ? 'ok' : 'busy'}
            label={t.kill.obeyed(state.acked, state.instances)}
          />{' '}
          {t.kill.obeyed(state.acked, state.instances)}
        </div>
      )}
    </div>
  );
}
