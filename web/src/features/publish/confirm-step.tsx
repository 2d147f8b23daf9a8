import { Button, Input } from 'antd';
import type { ReactNode } from 'react';
import { lengthText } from '../../lib/format.ts';
import { type DeliveryTexts, useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import type { Proposal } from '../../parts/plan/use-plan.ts';
import { pushCommand } from '../../parts/push-command.ts';
import { ReasonField } from '../../parts/reason-field.tsx';
import { onConfirmKey } from '../../ui/confirm-key.ts';
import { Facts } from '../../ui/facts.tsx';
import { Field } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Approval } from './approval.tsx';
import type { ChoiceProps } from './choice-props.ts';
import type { Choices, TargetReading, WizardStep } from './choices.ts';
import type { ChangeSet } from './use-change-set.ts';

interface Props extends ChoiceProps {
  readonly set: ChangeSet;
  readonly reading: TargetReading;
  readonly go: (to: WizardStep) => void;
  readonly message: string;
  readonly setMessage: (message: string) => void;
  /** Present where the app's name must be typed. */
  readonly name: { readonly typed: string; readonly type: (name: string) => void } | undefined;
  /** Present where the environment asks for approvals first. */
  readonly emergency:
    | {
        readonly reason: string;
        readonly say: (reason: string) => void;
        readonly proposal: Proposal | undefined;
      }
    | undefined;
  readonly submit: () => void;
  /** The frozen list. */
  readonly children: ReactNode;
}

/** Everything once more in a few lines, then exactly who gets it and how. */
export function ConfirmStep(props: Props) {
  const { env, app, set, choices, reading, go, message, setMessage, name, emergency, submit } = props;
  const t = useDeliveryText();
  const change = (to: WizardStep) => (
    <Button size="small" type="link" onClick={() => go(to)}>
      {t.wizard.changeIt(t.wizard.steps[to])}
    </Button>
  );
  return (
    <Stack gap={14}>
      <Section title={t.wizard.inShort}>
        <Stack gap={14}>
          <Facts
            facts={[
              [
                t.push.what,
                <>
                  {changeWords(set, t)} {change('change')}
                </>,
              ],
              [
                t.wizard.steps.target,
                <>
                  {targetWords(choices, t)} {change('target')}
                </>,
              ],
              [
                t.wizard.steps.guard,
                <>
                  {guardWords(choices, t)} {change('guard')}
                </>,
              ],
            ]}
          />
          <ReasonField
            value={message}
            onChange={setMessage}
            onConfirm={submit}
            hint={t.publish.messageHint}
          />
          {name && (
            <Field label={t.publish.protectedLabel(env, app)}>
              {(ids) => (
                <Input
                  {...ids}
                  value={name.typed}
                  onChange={(event) => name.type(event.target.value)}
                  onKeyDown={onConfirmKey(submit)}
                  autoComplete="off"
                  spellCheck={false}
                />
              )}
            </Field>
          )}
          {emergency && <Approval env={env} app={app} {...emergency} />}
        </Stack>
      </Section>
      {props.children}
      {reading.target && (
        <AsCommand
          line={pushCommand(
            { env, app },
            set.entries.map(({ name: ns, namespace, diff }) => ({ ns, kind: namespace.kind, diff })),
            reading.target,
            {
              message,
              expires: choices.mode === 'global' ? undefined : choices.expires,
              twoPhase: choices.twoPhase,
              emergency: emergency?.reason.trim(),
            },
          )}
        />
      )}
    </Stack>
  );
}

function changeWords(set: ChangeSet, t: DeliveryTexts): string {
  return set.entries
    .map(({ name, diff }) =>
      diff.of === 'items' ? `${name}: ${diff.changes.map((each) => each.key).join(t.common.comma)}` : name,
    )
    .join(' · ');
}

function targetWords(choices: Choices, t: DeliveryTexts): string {
  const who = ((): string => {
    switch (choices.mode) {
      case 'global':
        return t.wizard.modes.global;
      case 'single':
        return choices.instance ?? '–';
      case 'group':
        return `${t.push.modes.group} ${choices.group ?? '–'}`;
      case 'gray': {
        const how = {
          percent: stepWords(choices.steps),
          count: t.push.instances(Number(choices.count) || 0),
          instances: t.push.instances(choices.ids.length),
          labels: choices.select,
        }[choices.by];
        const share = choices.by === 'percent' || choices.by === 'count';
        return `${t.push.modes.gray} ${how}${share && choices.select ? ` (${choices.select})` : ''}`;
      }
    }
  })();
  if (choices.mode === 'global' || choices.expires === undefined) return who;
  const box =
    choices.expires === 'untilCleared'
      ? t.timeBox.untilCleared
      : t.timeBox.after(lengthText(choices.expires));
  return `${who}${t.common.comma}${box}`;
}

/** `5 % → 25 % → 100 %`, of what was typed as `5, 25, 100`. */
const stepWords = (steps: string): string =>
  steps
    .split(/[\s,，;；、]+/)
    .filter(Boolean)
    .map((each) => `${each} %`)
    .join(' → ');

function guardWords(choices: Choices, t: DeliveryTexts): string {
  const words = [
    ...(choices.mode === 'gray'
      ? [
          `${t.wizard.goOn} ${choices.click ? t.wizard.onClick : t.wizard.byItself}`,
          ...(choices.bakeMs > 0 ? [`${t.wizard.bake} ${lengthText(choices.bakeMs)}`] : []),
          ...(choices.railsOff === undefined
            ? [t.guardrail.title, ...(choices.health ? [t.wizard.health] : [])]
            : [`${t.guardrail.off} (${choices.railsOff})`]),
        ]
      : []),
    ...(choices.twoPhase ? [t.wizard.twoPhase] : []),
  ];
  return words.length > 0 ? words.join(' · ') : t.wizard.noGuard;
}
