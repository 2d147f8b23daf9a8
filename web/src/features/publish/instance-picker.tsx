import type { Instance } from '@sluice/protocol';
import { Button, Checkbox, Input, Radio } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { filterInstances, wordsOf } from '../../parts/filter-instances.ts';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

interface Props {
  readonly instances: readonly Instance[];
  readonly picked: readonly string[];
  readonly pick: (ids: readonly string[]) => void;
  readonly label: string;
  /** A choice of one instead of several. */
  readonly one?: boolean;
}

/** Instances of the live list, ticked one by one or pasted as a list; ids that nobody knows stay and are shown. */
export function InstancePicker({ instances, picked, pick, label, one = false }: Props) {
  const t = useDeliveryText();
  const [text, setText] = useState('');
  const words = useDeferredValue(text);
  const chosen = new Set(picked);
  const known = new Set(instances.map((each) => each.instanceId));
  const strangers = picked.filter((each) => !known.has(each));
  const shown = [...filterInstances(instances, words, undefined)].sort(
    (a, b) => Number(b.online) - Number(a.online) || a.instanceId.localeCompare(b.instanceId),
  );
  // Words that are no label are taken as ids, as they were typed.
  const strangersTyped = [...new Set(text.split(/[\s,，;；、]+/))].filter(
    (word) => word && !word.includes('=') && !chosen.has(word),
  );
  const toggle = (id: string): void => {
    if (one) pick([id]);
    else pick(chosen.has(id) ? picked.filter((each) => each !== id) : [...picked, id]);
  };
  return (
    <Stack gap={8}>
      <Row>
        <Input
          allowClear
          aria-label={t.wizard.pasteLabel}
          placeholder={t.instances.filterHint}
          style={{ width: 300 }}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {!one && shown.length > 0 && wordsOf(text).length > 0 && (
          <Button
            size="small"
            onClick={() => pick([...new Set([...picked, ...shown.map((each) => each.instanceId)])])}
          >
            {t.wizard.takeShown(shown.length)}
          </Button>
        )}
        {strangersTyped.length > 0 && shown.length === 0 && (
          <Button
            size="small"
            onClick={() => pick(one ? strangersTyped.slice(-1) : [...picked, ...strangersTyped])}
          >
            {t.wizard.takeTyped(strangersTyped.length)}
          </Button>
        )}
        <span className="quiet">{t.wizard.picked(picked.length)}</span>
      </Row>
      {strangers.length > 0 && (
        <Row gap={6}>
          {strangers.map((id) => (
            <Button key={id} size="small" onClick={() => pick(picked.filter((each) => each !== id))}>
              <code>{id}</code> · {t.wizard.stranger} ✕
            </Button>
          ))}
        </Row>
      )}
      <DataTable
        label={label}
        virtual
        rows={shown}
        rowKey={(row) => row.instanceId}
        empty={<Empty title={instances.length > 0 ? t.instances.nothingMatches : t.instances.none} />}
        tone={(row) => (row.online ? undefined : 'muted')}
        columns={[
          {
            key: 'id',
            title: t.instances.instance,
            cell: (row) => {
              const words = <code>{row.instanceId}</code>;
              const state = { checked: chosen.has(row.instanceId), onChange: () => toggle(row.instanceId) };
              return one ? <Radio {...state}>{words}</Radio> : <Checkbox {...state}>{words}</Checkbox>;
            },
          },
          {
            key: 'labels',
            title: t.instances.labels,
            minor: true,
            cell: (row) => (
              <code className="quiet">
                {Object.entries(row.labels)
                  .map((pair) => pair.join('='))
                  .join(' ')}
              </code>
            ),
          },
          {
            key: 'state',
            title: t.instances.state,
            cell: (row) =>
              row.online ? (
                <Badge tone="ok" sign="●">
                  {t.instances.online}
                </Badge>
              ) : (
                <>
                  {t.instances.offline} <Age at={row.lastSeenAt} />
                </>
              ),
          },
        ]}
      />
    </Stack>
  );
}
