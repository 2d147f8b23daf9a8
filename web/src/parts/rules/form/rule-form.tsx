import { type Json, type ResourceType, type Rule, ruleModes } from '@sluice/core';
import { Input, Segmented } from 'antd';
import { useEffect, useState } from 'react';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { CodeEditor } from '../../../ui/code/lazy.tsx';
import { Field } from '../../../ui/field.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { Stack } from '../../../ui/stack.tsx';
import { ScriptForm } from '../../scripts/script-form.tsx';
import { testsIn } from '../condition-text.ts';
import type { Remark } from '../rule-remarks.ts';
import { isDraft, type RuleDraft, valueAt, withValue } from '../rule-value.ts';
import { ConditionForm } from './condition-form.tsx';
import { ModeControl } from './mode-control.tsx';
import { MomentInput } from './moment-input.tsx';
import { OnBlock } from './on-block.tsx';
import { Remarks } from './remarks.tsx';
import styles from './rule-form.module.css';
import { SentenceForm } from './sentence-form.tsx';

export interface RuleFormProps {
  readonly place: { readonly env: string; readonly app: string };
  readonly ruleId: string;
  readonly draft: RuleDraft;
  readonly remarks: readonly Remark[];
  readonly resources: readonly { readonly name: string; readonly type: ResourceType }[];
  readonly blocked?: boolean;
  /** The script that is live under this id, to compare with. */
  readonly live?: Rule | undefined;
  readonly onChange: (draft: RuleDraft) => void;
  /** Told whether there is text in it that is no rule at all, of which `draft` says nothing. */
  readonly onUnread?: (isUnread: boolean) => void;
}

/** A rule to write: as a sentence with everything around it, or as JSON; both show the same at any time. */
export function RuleForm({ draft, remarks, resources, blocked = false, onChange, ...props }: RuleFormProps) {
  const { onUnread } = props;
  const t = useGuardText();
  const [view, setView] = useState<'form' | 'json'>('form');
  const [typed, setTyped] = useState<{ readonly text: string; readonly of: RuleDraft }>();
  // What was typed holds until the rule is changed beside it.
  const text = typed?.of === draft ? typed.text : undefined;
  const notJson = text === undefined ? undefined : jsonFault(text);
  useEffect(() => onUnread?.(notJson !== undefined), [notJson, onUnread]);
  const mode = ruleModes.find((each) => each === draft.mode) ?? 'off';
  const set = (path: string, value: Json | undefined): void => onChange(withValue(draft, path, value));
  const faultAt = (path: string): string | undefined =>
    remarks.find(({ field, severity }) => severity === 'error' && field === path)?.text;
  return (
    <Stack gap={14}>
      <div className={styles.modes} style={{ justifyContent: 'space-between' }}>
        <ModeControl mode={mode} blocked={blocked} onChange={(next) => set('mode', next)} />
        <Segmented<'form' | 'json'>
          aria-label={t.editor.view}
          value={view}
          onChange={(next) => {
            setView(next);
            setTyped(undefined);
          }}
          options={[
            { value: 'form', label: t.editor.form },
            { value: 'json', label: t.editor.json },
          ]}
        />
      </div>
      {view === 'json' ? (
        <>
          <CodeEditor
            value={text ?? JSON.stringify(draft, null, 2)}
            language="json"
            label={t.editor.json}
            minHeight={260}
            {...(!blocked && {
              onChange: (next: string) => {
                const read = readJson(next);
                setTyped({ text: next, of: isDraft(read) ? read : draft });
                if (isDraft(read)) onChange(read);
              },
            })}
          />
          {notJson !== undefined && <Notice tone="bad">{t.editor.notJson(notJson)}</Notice>}
        </>
      ) : (
        <>
          <SentenceForm
            draft={draft}
            remarks={remarks}
            resources={resources}
            blocked={blocked}
            onChange={onChange}
          />
          {draft.kind === 'script' && (
            <ScriptForm
              place={props.place}
              draft={draft}
              live={props.live}
              blocked={blocked}
              onChange={onChange}
            />
          )}
          {draft.kind !== 'fault' && (
            <OnBlock draft={draft} blocked={blocked} faultAt={faultAt} onChange={onChange} />
          )}
          <details open={draft.when !== undefined || undefined}>
            <summary>
              {t.editor.when}
              {t.editor.colon}
              {draft.when === undefined ? t.editor.whenAll : t.editor.whenSome(testsIn(draft.when))}
            </summary>
            <div style={{ marginTop: 8 }}>
              <ConditionForm
                condition={draft.when}
                blocked={blocked}
                onChange={(next) => set('when', next)}
              />
            </div>
          </details>
          <details open={draft.effective !== undefined || draft.priority !== undefined || undefined}>
            <summary>{t.editor.more}</summary>
            <div className={styles.grid} style={{ marginTop: 8 }}>
              <Field label={t.editor.from} error={faultAt('effective.from')}>
                {() => (
                  <MomentInput
                    label={t.editor.from}
                    blocked={blocked}
                    none={t.editor.noStart}
                    value={valueAt(draft, 'effective.from')}
                    onChange={(next) => set('effective.from', next)}
                  />
                )}
              </Field>
              <Field label={t.editor.until} hint={t.editor.untilHint} error={faultAt('effective.until')}>
                {() => (
                  <MomentInput
                    label={t.editor.until}
                    blocked={blocked}
                    none={t.editor.noEnd}
                    value={valueAt(draft, 'effective.until')}
                    onChange={(next) => set('effective.until', next)}
                  />
                )}
              </Field>
              <Field label={t.editor.priority} hint={t.editor.priorityHint} error={faultAt('priority')}>
                {(ids) => (
                  <NumberInput
                    {...ids}
                    disabled={blocked}
                    value={typeof draft.priority === 'number' ? draft.priority : null}
                    onChange={(next) => set('priority', next ?? undefined)}
                  />
                )}
              </Field>
              <Field label={t.editor.description}>
                {(ids) => (
                  <Input
                    {...ids}
                    maxLength={1000}
                    disabled={blocked}
                    value={typeof draft.description === 'string' ? draft.description : ''}
                    onChange={(event) => set('description', event.target.value || undefined)}
                  />
                )}
              </Field>
            </div>
          </details>
        </>
      )}
      {notJson === undefined && <Remarks remarks={remarks} />}
    </Stack>
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonFault(text: string): string | undefined {
  try {
    return isDraft(JSON.parse(text)) ? undefined : '{ … }';
  } catch (error) {
    return (error as Error).message;
  }
}
