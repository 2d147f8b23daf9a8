import type { Json } from '@sluice/core';
import { Input } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { Field } from '../../../ui/field.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { isDraft, type RuleDraft, withValue } from '../rule-value.ts';
import { DurationInput } from './duration-input.tsx';
import { JsonInput } from './json-input.tsx';
import styles from './rule-form.module.css';

interface Props {
  readonly draft: RuleDraft;
  readonly blocked: boolean;
  /** What is wrong at a place of the rule. */
  readonly faultAt: (path: string) => string | undefined;
  readonly onChange: (draft: RuleDraft) => void;
}

const answers = ['empty', 'value', 'error', 'http', 'fallback', 'lastGood', 'script'] as const;
type Answer = (typeof answers)[number];
const starts: Readonly<Record<Answer, RuleDraft>> = {
  empty: {},
  value: { value: {} },
  error: { message: '' },
  http: { status: 429 },
  fallback: { name: 'fallback' },
  lastGood: {},
  script: { ruleId: '' },
};

/** What a refused caller gets; changing it changes callers without a deploy. */
export function OnBlock({ draft, blocked, faultAt, onChange }: Props) {
  const t = useGuardText();
  const onBlock: RuleDraft | undefined = isDraft(draft.onBlock) ? draft.onBlock : undefined;
  const answer = answers.find((each) => each === onBlock?.answer);
  const set = (path: string, value: Json | undefined): void =>
    onChange(withValue(draft, `onBlock.${path}`, value));
  const text = (name: 'message' | 'body' | 'contentType' | 'name' | 'ruleId') => (
    <Field label={t.editor.answerFields[name]} error={faultAt(`onBlock.${name}`)}>
      {(ids) => (
        <Input
          {...ids}
          disabled={blocked}
          value={String(onBlock?.[name] ?? '')}
          onChange={(event) => {
            const isNeeded = name === 'name' || name === 'ruleId';
            set(name, event.target.value === '' && !isNeeded ? undefined : event.target.value);
          }}
        />
      )}
    </Field>
  );
  return (
    <div className={styles.grid}>
      <Field label={t.editor.onBlock}>
        {({ id }) => (
          <select
            id={id}
            className="plain-select"
            disabled={blocked}
            value={answer ?? ''}
            onChange={(event) => {
              const next = event.target.value as Answer | '';
              onChange(
                withValue(
                  draft,
                  'onBlock',
                  next === '' ? undefined : ({ answer: next, ...starts[next] } as Json),
                ),
              );
            }}
          >
            {draft.kind !== 'degrade' && <option value="">{t.editor.answers.none}</option>}
            {answers.map((each) => (
              <option key={each} value={each}>
                {t.editor.answers[each]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {answer === 'value' && (
        <Field label={t.editor.answerFields.value} error={faultAt('onBlock.value')}>
          {() => (
            <JsonInput
              label={t.editor.answerFields.value}
              blocked={blocked}
              value={onBlock?.value}
              onChange={(value) => set('value', value)}
            />
          )}
        </Field>
      )}
      {answer === 'error' && text('message')}
      {answer === 'http' && (
        <>
          <Field label={t.editor.answerFields.status} error={faultAt('onBlock.status')}>
            {(ids) => (
              <NumberInput
                {...ids}
                min={200}
                max={599}
                precision={0}
                disabled={blocked}
                value={typeof onBlock?.status === 'number' ? onBlock.status : null}
                onChange={(next) => set('status', next ?? undefined)}
              />
            )}
          </Field>
          {text('body')}
          {text('contentType')}
        </>
      )}
      {answer === 'fallback' && text('name')}
      {answer === 'lastGood' && (
        <Field label={t.editor.answerFields.maxAgeMs} error={faultAt('onBlock.maxAgeMs')}>
          {() => (
            <DurationInput
              label={t.editor.answerFields.maxAgeMs}
              disabled={blocked}
              value={typeof onBlock?.maxAgeMs === 'number' ? onBlock.maxAgeMs : null}
              onChange={(next) => set('maxAgeMs', next)}
            />
          )}
        </Field>
      )}
      {answer === 'script' && text('ruleId')}
    </div>
  );
}
