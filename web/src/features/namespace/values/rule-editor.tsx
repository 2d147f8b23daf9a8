import { isName, type Json, type Rule } from '@sluice/core';
import { contracts, type Resource } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useNow } from '../../../lib/clock.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { useLanguage } from '../../../lib/i18n/language.ts';
import { read } from '../../../lib/transport.ts';
import { firstRuleFor } from '../../../parts/rules/first-rule.ts';
import styles from '../../../parts/rules/form/rule-form.module.css';
import { RuleForm } from '../../../parts/rules/form/rule-form.tsx';
import { PredictionPanel } from '../../../parts/rules/prediction/prediction-panel.tsx';
import { remarksOf } from '../../../parts/rules/rule-remarks.ts';
import type { RuleDraft } from '../../../parts/rules/rule-value.ts';
import { Action } from '../../../ui/action.tsx';
import { Field } from '../../../ui/field.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { Row, Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { useWriting } from './use-writing.ts';
import { WritingNotice } from './writing-notice.tsx';

interface Props {
  readonly ruleId?: string;
  /** The rule as it is now; absent for a new one, and for one that was removed while it was being written. */
  readonly value?: Json | undefined;
  /** Every rule that is in the draft. */
  readonly others: { readonly [key: string]: Json };
  readonly onApply: (id: string, value: Json) => void;
  readonly onRemove?: () => void;
  readonly onClose: () => void;
}

interface EditorProps extends Props {
  /** What calls come through, the busiest first. */
  readonly resources: readonly Resource[];
}

/** A rule of the draft: as a sentence or as JSON, with what it would block beside it. */
export function RuleEditor(props: Props) {
  const { env, app } = useNamespace().place;
  const resources = useQuery(read(contracts.listResources, { params: { env, app } }));
  // A new rule begins with the busiest resource. Where they can't be had it begins without.
  if (props.ruleId === undefined && resources.isLoading) return null;
  return <Editor {...props} resources={resources.data?.items ?? []} />;
}

function Editor({ ruleId, value, others, resources, onApply, onRemove, onClose }: EditorProps) {
  const t = useDeliveryText();
  const g = useGuardText();
  const language = useLanguage();
  const nowMs = useNow();
  const { place, namespace, mayEdit } = useNamespace();
  const app = { env: place.env, app: place.app };
  const seen = resources.map((each) => ({ name: each.resource, type: each.type }));
  const key = `sluice.writing ${place.env} ${place.app} ${place.ns} ${ruleId ?? ''}`;
  const writing = useWriting(key, ruleId ?? '', value, firstRule(resources[0], nowMs));
  const { id, draft } = writing;
  const setDraft = (next: RuleDraft): void => writing.write({ draft: next });
  const [tried, setTried] = useState(false);
  const [isUnread, setIsUnread] = useState(false);
  const remarks = remarksOf(id || 'rule', draft, { others, resources: seen, nowMs, language });
  const idFault = !isName(id)
    ? t.common.nameRule
    : ruleId === undefined && Object.hasOwn(others, id)
      ? t.values.keyTaken(id)
      : undefined;
  const isWrong = isUnread || remarks.some(({ severity }) => severity === 'error');
  const isBlocked = mayEdit.reason !== undefined;
  const blocked =
    mayEdit.reason ?? (writing.isMoved ? g.writing.decideFirst : isWrong ? g.editor.fixFirst : undefined);
  const target = namespace.target?.kind === 'rules' ? namespace.target.items : {};
  const live = Object.hasOwn(target, id) ? (target[id] as unknown as Rule) : undefined;
  const apply = (): void => {
    setTried(true);
    if (idFault || blocked !== undefined) return;
    writing.forget();
    onApply(id, draft as Json);
  };
  const giveUp = (): void => {
    writing.forget();
    onClose();
  };
  const startOver = (): void => {
    if (ruleId !== undefined && value === undefined) giveUp();
    else writing.rebase(false);
  };
  return (
    <SidePanel
      title={ruleId ?? g.editor.newTitle}
      open
      onClose={onClose}
      width={1240}
      footer={
        <Row end>
          {onRemove && (
            <Action
              danger
              blocked={mayEdit.reason}
              onClick={() => {
                writing.forget();
                onRemove();
              }}
            >
              {t.values.remove}
            </Action>
          )}
          <Button onClick={giveUp}>{t.common.cancel}</Button>
          <Action type="primary" blocked={blocked} onClick={apply}>
            {t.values.apply}
          </Action>
        </Row>
      }
    >
      <div className={styles.columns}>
        <Stack gap={14}>
          <WritingNotice writing={writing} now={value} startOver={startOver} />
          {ruleId === undefined && (
            <Field label={t.values.ruleId} error={tried && idFault}>
              {(ids) => (
                <Input
                  {...ids}
                  autoFocus
                  spellCheck={false}
                  autoComplete="off"
                  value={id}
                  onChange={(event) => writing.write({ id: event.target.value })}
                />
              )}
            </Field>
          )}
          <RuleForm
            place={app}
            ruleId={id}
            draft={draft}
            remarks={remarks}
            resources={seen}
            live={live}
            blocked={isBlocked}
            onChange={setDraft}
            onUnread={setIsUnread}
          />
        </Stack>
        <PredictionPanel
          place={app}
          draft={draft}
          liveRef={live && `${namespace.name}/${id}`}
          onChange={isBlocked ? undefined : setDraft}
        />
      </div>
    </SidePanel>
  );
}

/** What a new rule starts as: it watches, it doesn't block. */
const firstRule = (busiest: Resource | undefined, nowMs: number): RuleDraft =>
  firstRuleFor(busiest?.resource ?? '', busiest?.type ?? 'web', busiest, nowMs);
