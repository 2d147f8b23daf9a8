import { canonicalText, type Json, sameData } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../../lib/transport.ts';
import { Age } from '../../../ui/age.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Section } from '../../../ui/page.tsx';
import { Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { InstanceList } from './instance-list.tsx';
import { ValueCell } from './value-cell.tsx';
import styles from './values.module.css';

interface Props {
  readonly itemKey: string;
  readonly summary?: (value: Json) => string;
}

/** Which value of one key how many online instances hold, and all of them by name. */
export function KeySpread({ itemKey, summary }: Props) {
  const t = useDeliveryText();
  const { place } = useNamespace();
  const spread = useQuery(read(contracts.getKeySpread, { params: { ...place, key: itemKey } }));
  return (
    <Loaded of={spread}>
      {({ values, target, at }) => (
        <Stack>
          <p className="quiet">
            {t.values.asOf} <Age at={at} />
          </p>
          {values.map(({ value, isKnown, instanceCount, instanceIds }) => (
            <Section
              key={isKnown ? canonicalText(value ?? null) + String(value === undefined) : '?'}
              title={
                isKnown ? (
                  <ValueCell value={value !== undefined && summary ? summary(value) : value} />
                ) : (
                  <span className={styles.none}>{t.values.unknown}</span>
                )
              }
              aside={
                <>
                  {isKnown && sameData(value, target) && <Badge tone="ok">{t.values.isTarget}</Badge>}
                  {t.values.instanceCount(instanceCount)}
                </>
              }
            >
              <InstanceList place={place} ids={instanceIds} total={instanceCount} itemKey={itemKey} />
            </Section>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
