import { Button } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Action } from '../../ui/action.tsx';
import { Row } from '../../ui/stack.tsx';
import { type WizardStep, wizardSteps } from './choices.ts';
import styles from './publish.module.css';

interface Props {
  readonly step: WizardStep;
  readonly go: (to: WizardStep) => void;
  readonly blocked: string | undefined;
  /** It reaches so far that it can be published from the last step only. */
  readonly needsConfirm: boolean;
  /** Of the plan on screen; absent while there is none. */
  readonly targets: number | undefined;
  readonly pending: boolean;
  readonly submit: () => void;
}

/** Back, on, and the one button that publishes, wherever the list of those who get it is on screen. */
export function StepFooter({ step, go, blocked, needsConfirm, targets, pending, submit }: Props) {
  const t = useDeliveryText();
  const at = wizardSteps.indexOf(step);
  const before = wizardSteps[at - 1];
  const after = wizardSteps[at + 1];
  const canPublish = step === 'confirm' || (step !== 'change' && !needsConfirm);
  return (
    <div className={styles.footer}>
      <span>{before && <Button onClick={() => go(before)}>{t.wizard.back}</Button>}</span>
      <Row end>
        {after && (
          <Button type={canPublish ? 'default' : 'primary'} onClick={() => go(after)}>
            {t.wizard.next(t.wizard.steps[after])}
          </Button>
        )}
        {canPublish && (
          <Action type="primary" blocked={blocked} loading={pending} onClick={submit}>
            {targets === undefined ? t.publish.open : t.publish.button(targets)}
          </Action>
        )}
      </Row>
    </div>
  );
}
