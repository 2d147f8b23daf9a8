import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { type WizardStep, wizardSteps } from './choices.ts';
import styles from './publish.module.css';

interface Props {
  readonly step: WizardStep;
  readonly go: (to: WizardStep) => void;
}

/** Where in the four steps this is; each can be gone to at any time. */
export function StepList({ step, go }: Props) {
  const t = useDeliveryText();
  return (
    <nav aria-label={t.wizard.stepsLabel}>
      <ol className={styles.steps}>
        {wizardSteps.map((each, index) => (
          <li key={each}>
            <button
              type="button"
              className={styles.step}
              aria-current={each === step ? 'step' : undefined}
              onClick={() => go(each)}
            >
              <span className={styles.number} aria-hidden="true">
                {index + 1}
              </span>
              {t.wizard.steps[each]}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
