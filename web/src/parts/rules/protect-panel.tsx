import { isName, type ResourceType } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useLanguage, useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Field } from '../../ui/field.tsx';
import { Stack } from '../../ui/stack.tsx';
import { firstRuleFor, freeRuleId } from './first-rule.ts';
import styles from './form/rule-form.module.css';
import { RuleForm } from './form/rule-form.tsx';
import { PredictionPanel } from './prediction/prediction-panel.tsx';
import { RuleRelease } from './rule-release.tsx';
import { remarksOf } from './rule-remarks.ts';
import type { RuleDraft } from './rule-value.ts';
import { useLiveRules } from './use-live-rules.ts';

interface Props {
  readonly place: {
    readonly env: string;
    readonly app: string;
    readonly resource: string;
    readonly type: ResourceType;
  };
  readonly onClose: () => void;
}

const newNamespace = 'rules';

/** A first rule for a resource, in monitor mode, ready to be published: the limit is twice what was seen. */
export function ProtectPanel({ place: { env, app, resource, type }, onClose }: Props) {
  const t = useText();
  const g = useGuardText();
  const language = useLanguage();
  const nowMs = useNow();
  const place = { env, app };
  const { namespaces } = useLiveRules(place);
  const resources = useQuery(read(contracts.listResources, { params: place }));
  const seen = resources.data?.items ?? [];
  const [written, setWritten] = useState<RuleDraft>();
  const [typedId, setTypedId] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const known = seen.find((each) => each.resource === resource && each.type === type);
  const [suggested, setSuggested] = useState<RuleDraft>();
  if (!suggested && resources.data) setSuggested(firstRuleFor(resource, type, known, nowMs));
  const rule = written ?? suggested ?? firstRuleFor(resource, type, undefined, nowMs);
  const ns = chosen ?? namespaces?.[0]?.name ?? newNamespace;
  const detail = namespaces?.find((each) => each.name === ns);
  const items = detail?.target?.kind === 'rules' ? detail.target.items : {};
  const ruleId = typedId ?? freeRuleId(String(rule.kind), resource, Object.keys(items));
  const idFault = !isName(ruleId)
    ? t.common.nameRule
    : Object.hasOwn(items, ruleId)
      ? g.protect.taken(ruleId)
      : undefined;
  const remarks = remarksOf(ruleId, rule, {
    others: items,
    resources: seen.map((each) => ({ name: each.resource, type: each.type })),
    nowMs,
    language,
  });
  const [isUnread, setIsUnread] = useState(false);
  const mode = String(rule.mode) as keyof typeof g.modes;
  return (
    <RuleRelease
      place={place}
      namespace={detail ?? ns}
      ruleId={ruleId}
      rule={rule}
      title={g.protect.title(resource)}
      diffTitle={g.protect.diff}
      buttonText={(online) => g.protect.button(g.modes[mode] ?? mode, online)}
      defaultMessage={g.protect.message(g.modes[mode] ?? mode, resource)}
      blocked={
        namespaces === undefined
          ? t.common.loading
          : (idFault ??
            (isUnread || remarks.some(({ severity }) => severity === 'error')
              ? g.editor.fixFirst
              : undefined))
      }
      onClose={onClose}
    >
      <p className="quiet">{g.protect.intro}</p>
      <div className={styles.grid}>
        <Field label={g.protect.namespace}>
          {({ id }) => (
            <select
              id={id}
              className="plain-select"
              value={ns}
              onChange={(event) => setChosen(event.target.value)}
            >
              {(namespaces ?? []).map((each) => (
                <option key={each.name} value={each.name}>
                  {each.name}
                </option>
              ))}
              {namespaces?.length === 0 && (
                <option value={newNamespace}>{g.protect.newNamespace(newNamespace)}</option>
              )}
            </select>
          )}
        </Field>
        <Field label={g.editor.id} error={idFault}>
          {(ids) => (
            <Input
              {...ids}
              spellCheck={false}
              autoComplete="off"
              value={ruleId}
              onChange={(event) => setTypedId(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Stack gap={14}>
        <RuleForm
          place={place}
          ruleId={ruleId}
          draft={rule}
          remarks={remarks}
          resources={seen.map((each) => ({ name: each.resource, type: each.type }))}
          onChange={setWritten}
          onUnread={setIsUnread}
        />
        <PredictionPanel place={place} draft={rule} onChange={setWritten} />
      </Stack>
    </RuleRelease>
  );
}
