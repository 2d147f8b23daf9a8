import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Radio } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Stack } from '../../ui/stack.tsx';
import type { ChoiceProps } from './choice-props.ts';

/** One of the app's named groups, each with how many it picks right now. */
export function GroupPicker({ env, app, choices, choose }: ChoiceProps) {
  const t = useDeliveryText();
  const groups = useQuery(read(contracts.listGroups, { params: { env, app } }));
  const toGroups = (
    <Link to="/environments/$env/apps/$app/groups" params={{ env, app }}>
      {t.groups.manage}
    </Link>
  );
  return (
    <Loaded of={groups}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t.groups.none} action={toGroups}>
            {t.groups.noneHint}
          </Empty>
        ) : (
          <Stack gap={8}>
            <Radio.Group
              aria-label={t.groups.group}
              value={choices.group}
              onChange={(event) => choose({ group: event.target.value as string })}
            >
              <Stack gap={6}>
                {items.map((each) => (
                  <Radio key={each.name} value={each.name}>
                    <strong>{each.name}</strong> <code className="quiet">{each.selector}</code>{' '}
                    <span className="num">{t.groups.online(each.online)}</span>
                  </Radio>
                ))}
              </Stack>
            </Radio.Group>
            <span>{toGroups}</span>
          </Stack>
        )
      }
    </Loaded>
  );
}
