import type { PushPlanBody } from '@sluice/protocol';
import { Input } from 'antd';
import { useState } from 'react';
import { bytes, count } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import styles from './plan.module.css';
import { PlanChanges } from './plan-changes.tsx';
import { PlanTable, variantName } from './plan-table.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly plan: PushPlanBody;
  /** With what changes in full, value by value. */
  readonly full?: boolean;
}

/** From so many targets on, the list can be searched. */
const searchFrom = 10;

/** Exactly whom a push changes, and how: numbers first, then what needs a look, then everybody by name. */
export function PlanView({ env, app, plan, full = false }: Props) {
  const t = useDeliveryText();
  const say = useWords();
  const [filter, setFilter] = useState('');
  const { counts, payload, unmoved, unknown, variants, warnings } = plan;
  const already = plan.targets.filter((each) => each.holding === 'after').length;
  return (
    <Stack>
      {warnings.map((warning) => (
        <Notice key={warning.en} tone="warn">
          {say(warning)}
        </Notice>
      ))}
      {unknown.length > 0 && (
        <Notice tone="warn">
          {t.plan.unknown(unknown.length)}
          <ul className={styles.ids}>
            {unknown.map((each) => (
              <li key={each}>
                <code>{each}</code>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {full && variants.length > 0 && (
        <Section title={t.diff.label} flush>
          <div className={styles.variants}>
            {variants.map((variant, index) => (
              <Stack key={variantName(index)} gap={6}>
                {variants.length > 1 && (
                  <h3 style={{ fontSize: 13 }}>
                    <span className={styles.letter}>{variantName(index)}</span>
                    {t.plan.forSo(variant.targets)}
                  </h3>
                )}
                <PlanChanges variant={variant} />
              </Stack>
            ))}
          </div>
        </Section>
      )}
      <Section
        flush
        title={t.publish.whoGetsIt}
        aside={
          plan.targets.length >= searchFrom && (
            <Input
              allowClear
              size="small"
              aria-label={t.plan.filter}
              placeholder={t.plan.filter}
              style={{ width: 200 }}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          )
        }
      >
        <div className={styles.summary} data-plan={plan.hash}>
          <span className={styles.figure}>
            <strong className="num">{count(counts.targets)}</strong> {t.plan.change(counts.targets)}
          </span>
          {counts.offline > 0 && <span>{t.plan.offline(counts.offline)}</span>}
          {already > 0 && <span>{t.publish.already(already)}</span>}
          {unmoved.length > 0 && <span>{t.plan.unmoved(unmoved.length)}</span>}
          {counts.online > 0 && (
            <span className="quiet num">
              {t.plan.payload(bytes(payload.largestBytes), counts.online, bytes(payload.totalBytes))}
            </span>
          )}
        </div>
        <PlanTable env={env} app={app} plan={plan} filter={filter} />
      </Section>
    </Stack>
  );
}
