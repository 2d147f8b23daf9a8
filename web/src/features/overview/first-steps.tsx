import type { AppOverview, contracts, ResponseOf } from '@sluice/protocol';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { Section } from '../../ui/page.tsx';
import styles from './first-steps.module.css';

type Steps = ResponseOf<typeof contracts.overview>['firstSteps'];
type Step = keyof Steps;

const order: readonly Step[] = ['app', 'instance', 'value', 'gray', 'rule'];

/** The way of a newcomer; each step ticks itself when it has happened, and the list goes when all have. */
export function FirstSteps({
  env,
  steps,
  apps,
}: {
  readonly env: string;
  readonly steps: Steps;
  readonly apps: readonly AppOverview[];
}) {
  const t = useText().overview.steps;
  const next = order.find((step) => !steps[step]);
  if (next === undefined) return null;
  const app = apps[0]?.name;
  return (
    <Section
      title={t.title}
      aside={<span className="num">{t.done(order.filter((s) => steps[s]).length)}</span>}
    >
      <ol className={styles.steps}>
        {order.map((step) => (
          <li key={step} className={steps[step] ? styles.done : undefined} data-done={steps[step]}>
            <span className={styles.tick} aria-hidden="true">
              {steps[step] ? '✓' : '○'}
            </span>
            <div>
              <span className={styles.name}>
                {step === next ? <Link {...placeOf(step, env, app)}>{t.names[step]}</Link> : t.names[step]}
                <span className="visually-hidden">{steps[step] ? ` – ${t.isDone}` : ''}</span>
              </span>
              {!steps[step] && <p className="quiet">{t.hints[step]}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function placeOf(step: Step, env: string, app: string | undefined): LinkProps {
  if (step === 'app' || app === undefined) return { to: '/environments/$env/apps', params: { env } };
  const params = { env, app };
  if (step === 'instance') return { to: '/environments/$env/apps/$app/connect', params };
  if (step === 'rule') return { to: '/environments/$env/apps/$app/resources', params };
  return { to: '/environments/$env/apps/$app', params };
}
