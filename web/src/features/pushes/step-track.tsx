import type { Push } from '@sluice/protocol';
import { type DeliveryTexts, useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { Moment } from '../../ui/age.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import styles from './pushes.module.css';

/** The steps of a gray by what they reach; the last one after them is everyone, by promoting it. */
function stepNames(push: Push, t: DeliveryTexts): string[] {
  if (push.target.mode !== 'gray') return [];
  const { audience } = push.target;
  switch (audience.by) {
    case 'percent':
      return audience.steps.map((percent) => t.track.share(percent));
    case 'count':
      return [t.track.count(audience.count)];
    case 'instances':
      return [t.track.count(audience.ids.length)];
    case 'labels':
      return [audience.selector];
  }
}

/** How far a gray is on its way to everyone, and what it waits for before it goes on. */
export function StepTrack({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const say = useWords();
  const names = stepNames(push, t);
  const { step, state } = push;
  const isOver = state === 'promoting' || state === 'promoted';
  const at = isOver
    ? names.length
    : (step?.index ?? (state === 'converged' || state === 'verifying' ? names.length - 1 : -1));
  const ended = state === 'abandoned';
  const isClicked = push.target.mode === 'gray' && push.target.gate.click;
  const inSteps = state === 'running' || state === 'paused';
  return (
    <Section title={t.track.title}>
      <Stack>
        <ol className={styles.track} aria-label={t.track.title}>
          {[...names, t.track.everyone].map((name, index) => {
            const is =
              isOver && index < at
                ? 'passed'
                : index < at || isOver
                  ? 'done'
                  : index === at && !ended
                    ? 'now'
                    : 'later';
            return (
              <li
                key={name}
                className={`${styles.step} ${is === 'done' ? styles.done : is === 'now' ? styles.current : ''}`}
                aria-current={is === 'now' ? 'step' : undefined}
              >
                <strong>{name}</strong>
                <span>{ended && is === 'later' ? '–' : t.track[is]}</span>
              </li>
            );
          })}
        </ol>
        {step && inSteps && (
          <div role="status">
            <span className="quiet">
              {t.track.since} <Moment at={step.since} short />
            </span>{' '}
            {step.waits.length === 0 ? (
              step.index + 1 === step.of ? (
                t.track.last
              ) : isClicked ? (
                t.track.click
              ) : (
                t.track.open
              )
            ) : (
              <>
                {t.track.waits}
                <ul className={styles.waits}>
                  {step.waits.map((wait) => (
                    <li key={wait.en}>{say(wait)}</li>
                  ))}
                </ul>
              </>
            )}
          </div>
        )}
      </Stack>
    </Section>
  );
}
