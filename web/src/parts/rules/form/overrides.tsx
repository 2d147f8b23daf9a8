import type { Json } from '@sluice/core';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { NumberInput } from '../../../ui/number-input.tsx';
import { isDraft, type RuleDraft } from '../rule-value.ts';
import styles from './rule-form.module.css';

interface Props {
  readonly per: RuleDraft;
  readonly blocked: boolean;
  readonly set: (path: string, value: Json | undefined) => void;
}

/** Other limits for single values of the key, and how many keys are remembered. */
export function Overrides({ per, blocked, set }: Props) {
  const t = useDeliveryText();
  const g = useGuardText();
  const [key, setKey] = useState('');
  const all: RuleDraft = isDraft(per.overrides) ? per.overrides : {};
  const put = (next: RuleDraft): void =>
    set('per.overrides', Object.keys(next).length > 0 ? (next as Json) : undefined);
  return (
    <details style={{ flexBasis: '100%' }}>
      <summary>
        {g.editor.overrides} ({Object.keys(all).length})
      </summary>
      {Object.entries(all).map(([each, limit]) => (
        <div key={each} className={styles.test}>
          <code>{each}</code>
          <NumberInput
            aria-label={`${g.editor.overrideLimit} ${each}`}
            disabled={blocked}
            controls={false}
            value={Number(limit)}
            onChange={(next) => put({ ...all, [each]: next ?? 0 })}
          />
          <Button
            size="small"
            disabled={blocked}
            aria-label={`${t.values.remove} ${each}`}
            onClick={() => put(Object.fromEntries(Object.entries(all).filter(([other]) => other !== each)))}
          >
            {t.values.remove}
          </Button>
        </div>
      ))}
      <div className={styles.test}>
        <Input
          aria-label={g.editor.overrideKey}
          placeholder={g.editor.overrideKey}
          style={{ width: 160 }}
          disabled={blocked}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <Button
          size="small"
          disabled={blocked || key === '' || Object.hasOwn(all, key)}
          onClick={() => {
            put({ ...all, [key]: 100 });
            setKey('');
          }}
        >
          {g.editor.addOverride}
        </Button>
        <span>{g.editor.maxKeys}</span>
        <NumberInput
          aria-label={g.editor.maxKeys}
          placeholder="10000"
          disabled={blocked}
          controls={false}
          value={typeof per.maxKeys === 'number' ? per.maxKeys : null}
          onChange={(next) => set('per.maxKeys', next ?? undefined)}
        />
      </div>
    </details>
  );
}
