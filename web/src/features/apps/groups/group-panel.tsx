import { isName, parseSelector } from '@sluice/core';
import { contracts, type Group } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../../lib/problem.ts';
import { call, read } from '../../../lib/transport.ts';
import { AsCommand } from '../../../parts/as-command.tsx';
import { SelectorField } from '../../../parts/selector-field.tsx';
import { Action } from '../../../ui/action.tsx';
import { Field } from '../../../ui/field.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { ProblemBox } from '../../../ui/problem-box.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { Row, Stack } from '../../../ui/stack.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  /** Absent for a new one. */
  readonly group?: Group;
  readonly blocked: string | undefined;
  readonly onClose: () => void;
}

/** One group: its selector with who fits right now, its order, and its end. */
export function GroupPanel({ env, app, group, blocked, onClose }: Props) {
  const t = useDeliveryText();
  const client = useQueryClient();
  const instances = useQuery(read(contracts.listInstances, { params: { env, app } }));
  const [name, setName] = useState(group?.name ?? '');
  const [selector, setSelector] = useState(group?.selector ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [order, setOrder] = useState(group?.order ?? 0);
  const [tried, setTried] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const inForce = group !== undefined && group.namespaces.length > 0;
  const nameFault = isName(name) ? undefined : t.common.nameRule;
  const done = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: [contracts.listGroups.id] });
    onClose();
  };
  const save = useMutation<Group, Problem>({
    mutationFn: () =>
      group
        ? call(contracts.changeGroup, {
            params: { env, app, group: group.name },
            body: { description, ...(!inForce && { selector, order }) },
          })
        : call(contracts.createGroup, { params: { env, app }, body: { name, selector, description, order } }),
    onSuccess: done,
  });
  const remove = useMutation<undefined, Problem>({
    mutationFn: () => call(contracts.deleteGroup, { params: { env, app, group: group!.name } }),
    onSuccess: done,
  });
  const submit = (): void => {
    setTried(true);
    if (!blocked && !nameFault && parseSelector(selector).ok) save.mutate();
  };
  return (
    <SidePanel
      title={group ? t.groups.change(group.name) : t.groups.create}
      open
      onClose={onClose}
      width={600}
      footer={
        <Row end>
          {group &&
            (leaving ? (
              <Button danger type="primary" loading={remove.isPending} onClick={() => remove.mutate()}>
                {t.groups.removeSure(group.name)}
              </Button>
            ) : (
              <Action
                danger
                blocked={blocked ?? (inForce ? t.groups.inForce : undefined)}
                onClick={() => setLeaving(true)}
              >
                {t.groups.removeOf(group.name)}
              </Action>
            ))}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Action type="primary" blocked={blocked} loading={save.isPending} onClick={submit}>
            {group ? t.groups.save : t.groups.create}
          </Action>
        </Row>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap={16}>
          {save.isError && <ProblemBox error={save.error} />}
          {remove.isError && <ProblemBox error={remove.error} />}
          {inForce && <Notice tone="idle">{t.groups.inForce}</Notice>}
          {!group && (
            <Field label={t.namespaces.name} error={tried && nameFault}>
              {(ids) => (
                <Input
                  {...ids}
                  autoComplete="off"
                  spellCheck={false}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              )}
            </Field>
          )}
          {inForce ? (
            <Field label={t.groups.selector}>{({ id }) => <code id={id}>{selector}</code>}</Field>
          ) : (
            <SelectorField
              label={t.groups.selector}
              value={selector}
              onChange={setSelector}
              instances={instances.data?.items ?? []}
            />
          )}
          {!inForce && (
            <Field label={t.groups.order} hint={t.groups.orderHint}>
              {(ids) => (
                <NumberInput
                  {...ids}
                  min={0}
                  max={10_000}
                  precision={0}
                  value={order}
                  onChange={(next) => setOrder(next ?? 0)}
                />
              )}
            </Field>
          )}
          <Field label={t.namespaces.description}>
            {(ids) => (
              <Input.TextArea
                {...ids}
                autoSize={{ minRows: 1, maxRows: 4 }}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
          <AsCommand
            line={[
              ...['sluice', 'groups', group ? 'change' : 'create', app, name || '<group>'],
              ...['--labels', selector, '--order', String(order), '--env', env],
              ...(description ? ['--description', description] : []),
            ]}
          />
          <button type="submit" hidden tabIndex={-1} aria-hidden="true" />
        </Stack>
      </form>
    </SidePanel>
  );
}
