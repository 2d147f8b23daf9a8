import { isName, type Json, type Rule } from '@sluice/core';
import { contracts } from '@sluice/protocol';
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

interface Props {
  readonly ruleId?: string;
  readonly value?: Json;
  /** Every rule that is in the draft. */
  readonly others: { readonly [key: string]: Json };
  readonly onApply: (id: string, value: Json) => void;
  readonly onRemove?: () => void;
  readonly onClose: () => void;
}

/** A rule of the draft: as a sentence or as JSON, with what it would block beside it. */
export function RuleEditor({ ruleId, value, others, onApply, onRemove, onClose }: Props) {
  const t = useDeliveryText();
  const g = useGuardText();
  const language = useLanguage();
  const nowMs = useNow();
  const { place, namespace } = useNamespace();
  const app = { env: place.env, app: place.app };
  const resources = useQuery(read(contracts.listResources, { params: app }));
  const seen = (resources.data?.items ?? []).map((each) => ({ name: each.resource, type: each.type }));
  const [id, setId] = useState(ruleId ?? '');
  const [draft, setDraft] = useState<RuleDraft>(() => (value as RuleDraft | undefined) ?? firstRule());
  const [tried, setTried] = useState(false);
  const remarks = remarksOf(id || 'rule', draft, { others, resources: seen, nowMs, language });
  const idFault = !isName(id)
    ? t.common.nameRule
    : ruleId === undefined && Object.hasOwn(others, id)
      ? t.values.keyTaken(id)
      : undefined;
  const isWrong = remarks.some(({ severity }) => severity === 'error');
  const target = namespace.target?.kind === 'rules' ? namespace.target.items : {};
  const live = Object.hasOwn(target, id) ? (target[id] as unknown as Rule) : undefined;
  const apply = (): void => {
    setTried(true);
    if (!idFault && !isWrong) onApply(id, draft as Json);
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
            <Button danger onClick={onRemove}>
              {t.values.remove}
            </Button>
          )}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action type="primary" blocked={isWrong ? g.editor.fixFirst : undefined} onClick={apply}>
            {t.values.apply}
          </Action>
        </Row>
      }
    >
      <div className={styles.columns}>
        <Stack gap={14}>
          {ruleId === undefined && (
            <Field label={t.values.ruleId} error={tried && idFault}>
              {(ids) => (
                <Input
                  {...ids}
                  autoFocus
                  spellCheck={false}
                  autoComplete="off"
                  value={id}
                  onChange={(event) => setId(event.target.value)}
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
            onChange={setDraft}
          />
        </Stack>
        <PredictionPanel
          place={app}
          draft={draft}
          liveRef={live && `${namespace.name}/${id}`}
          onChange={setDraft}
        />
      </div>
    </SidePanel>
  );
}

/** What a new rule starts as: it watches, it doesn't block. */
const firstRule = (): RuleDraft => firstRuleFor('GET /books/:id', 'web', undefined, Date.now());
