import { diffContent, type Item, sameData } from '@sluice/core';
import { contracts, type NamespaceDetail } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { type DeliveryTexts, useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { formOf, itemOf } from '../../parts/item/item-form.ts';
import { ValueInput } from '../../parts/item/value-input.tsx';
import { PlanView } from '../../parts/plan/plan-view.tsx';
import { StartProblem } from '../../parts/plan/start-problem.tsx';
import { type Plan, type Proposal, usePlan } from '../../parts/plan/use-plan.ts';
import { useStart } from '../../parts/plan/use-start.ts';
import { pushCommand } from '../../parts/push-command.ts';
import { type TimeBoxChoice, TimeBoxField } from '../../parts/time-box-field.tsx';
import { Action } from '../../ui/action.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Field } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

interface Props {
  readonly place: { readonly env: string; readonly app: string; readonly instance: string };
  readonly ns: string;
  readonly itemKey: string | undefined;
  /** Namespaces of single values, to go to another one. */
  readonly maps: readonly string[];
  readonly choose: (ns: string) => void;
  readonly onClose: () => void;
}

/** One value on one instance, for a time. */
export function SetOnePanel({ place, ns, itemKey, maps, choose, onClose }: Props) {
  const t = useDeliveryText();
  const { env, app, instance } = place;
  const namespace = useQuery(read(contracts.getNamespace, { params: { env, app, ns } }));
  const toNamespace = (
    <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns }}>
      {t.setOne.toNamespace}
    </Link>
  );
  if (namespace.data?.target?.kind !== 'map')
    return (
      <SidePanel title={t.setOne.title(instance)} open onClose={onClose}>
        <NamespaceField ns={ns} maps={maps} choose={choose} />
        <Loaded of={namespace}>{() => <Empty title={t.setOne.wholeDocument} action={toNamespace} />}</Loaded>
      </SidePanel>
    );
  return (
    <SetItem
      // Another namespace has other keys.
      key={ns}
      place={place}
      maps={maps}
      choose={choose}
      namespace={namespace.data}
      items={namespace.data.target.items}
      itemKey={itemKey}
      onClose={onClose}
    />
  );
}

interface SetItemProps extends Omit<Props, 'ns'> {
  readonly namespace: NamespaceDetail;
  readonly items: Readonly<Record<string, Item>>;
}

function SetItem({ place, namespace, items, itemKey, maps, choose, onClose }: SetItemProps) {
  const t = useDeliveryText();
  const navigate = useNavigate();
  const { env, app, instance } = place;
  const keys = Object.keys(items).sort();
  const [key, setKey] = useState(itemKey !== undefined && itemKey in items ? itemKey : keys[0]);
  const item = key === undefined ? undefined : items[key];
  const [form, setForm] = useState(() => formOf(item));
  const [expires, setExpires] = useState<TimeBoxChoice>();
  const [message, setMessage] = useState('');
  const reading = itemOf(form, item);
  const wanted = 'item' in reading ? reading.item : undefined;
  const fault = 'faults' in reading ? reading.faults.value : undefined;
  const changed = wanted !== undefined && item !== undefined && !sameData(wanted.value, item.value);
  const proposal: Proposal | undefined =
    changed && key !== undefined
      ? {
          changes: [
            {
              namespace: namespace.name,
              base: namespace.revision,
              changes: { set: { [key]: wanted as never }, remove: [] },
            },
          ],
          target: { mode: 'single', instanceId: instance },
          ...(expires !== undefined && { expiresInMs: expires }),
        }
      : undefined;
  // A secret has no place in the history of a shell.
  const diff =
    proposal && item && wanted && wanted.secret !== true
      ? diffContent({ kind: 'map', items: { [key!]: item } }, { kind: 'map', items: { [key!]: wanted } })
      : undefined;
  const plan = usePlan({ env, app }, proposal, '');
  const start = useStart(
    { env, app },
    (push) =>
      void navigate({
        to: '/environments/$env/apps/$app/pushes/$push',
        params: { env, app, push: push.id },
      }),
  );
  const problem = start.error ?? (plan.answer.isError ? plan.answer.error : undefined);
  const blocked =
    fault !== undefined ? t.values.faults[fault](form.min, form.max) : blockedBy(changed, plan, t);
  const submit = (): void => {
    if (blocked !== undefined || !proposal || !plan.answer.data || start.isPending) return;
    start.mutate(
      { ...proposal, message, plan: plan.answer.data.hash },
      { onError: ({ code }) => void (code === 'plan_moved' && plan.answer.refetch()) },
    );
  };
  return (
    <SidePanel
      title={t.setOne.title(instance)}
      open
      onClose={onClose}
      width={760}
      footer={
        <Row end>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action type="primary" blocked={blocked} loading={start.isPending} onClick={submit}>
            {t.setOne.button}
          </Action>
        </Row>
      }
    >
      <Stack gap={16}>
        <p>{t.setOne.intro}</p>
        <NamespaceField ns={namespace.name} maps={maps} choose={choose} />
        {keys.length === 0 && <Empty title={t.values.noItem} />}
        <Field label={t.diff.key}>
          {({ id }) => (
            <Select
              id={id}
              showSearch
              value={key}
              options={keys.map((each) => ({ value: each, label: each }))}
              onChange={(next: string) => {
                setKey(next);
                setForm(formOf(items[next]));
              }}
            />
          )}
        </Field>
        {item && (
          <Field
            label={t.values.value}
            error={fault === undefined ? undefined : t.values.faults[fault](form.min, form.max)}
          >
            {(ids) => (
              <ValueInput
                key={key}
                ids={ids}
                type={form.type}
                text={form.text}
                onChange={(text) => setForm({ ...form, text })}
                autoFocus
              />
            )}
          </Field>
        )}
        <TimeBoxField single value={expires} onChange={setExpires} />
        <Field label={t.publish.message}>
          {(ids) => (
            <Input
              {...ids}
              maxLength={2000}
              value={message}
              onChange={(event) => setMessage(event.target.value)}
            />
          )}
        </Field>
        {problem && <StartProblem env={env} app={app} problem={problem} />}
        {changed && plan.answer.data && !plan.answer.isError && (
          <PlanView env={env} app={app} plan={plan.answer.data} />
        )}
        {diff && (
          <AsCommand
            line={pushCommand(
              { env, app },
              [{ ns: namespace.name, kind: 'map', diff }],
              { mode: 'single', instanceId: instance },
              {
                message,
                expires,
                twoPhase: false,
              },
            )}
          />
        )}
      </Stack>
    </SidePanel>
  );
}

interface NamespaceFieldProps extends Pick<Props, 'ns' | 'maps' | 'choose'> {}

function NamespaceField({ ns, maps, choose }: NamespaceFieldProps) {
  const t = useDeliveryText();
  const all = maps.includes(ns) ? maps : [ns, ...maps];
  return (
    <Field label={t.namespaces.namespace}>
      {({ id }) => (
        <Select
          id={id}
          style={{ width: '100%' }}
          value={ns}
          options={all.map((each) => ({ value: each, label: each }))}
          onChange={choose}
        />
      )}
    </Field>
  );
}

function blockedBy(changed: boolean, plan: Plan, t: DeliveryTexts): string | undefined {
  if (!changed) return t.setOne.changed;
  if (plan.answer.isError) return t.wizard.planRefused;
  return plan.current ? undefined : t.wizard.planComing;
}
