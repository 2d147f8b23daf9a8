import type { Json } from '@sluice/core';
import { Input } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { NumberInput } from '../../../ui/number-input.tsx';
import { fieldOf } from '../rule-fields.ts';
import { isDraft, type RuleDraft, withValue } from '../rule-value.ts';
import { FieldInput } from './field-input.tsx';
import { Overrides } from './overrides.tsx';
import styles from './rule-form.module.css';

interface Props {
  readonly draft: RuleDraft;
  readonly wrong: ReadonlySet<string>;
  readonly blocked: boolean;
  readonly set: (path: string, value: Json | undefined) => void;
  readonly onChange: (draft: RuleDraft) => void;
}

const keys = ['instance', 'ip', 'user', 'origin', 'header', 'query', 'tag', 'argument'] as const;
const named = ['header', 'query', 'tag'];

/** Whose calls are counted together, with other limits for single ones, and over which instances. */
export function PerInput({ draft, wrong, blocked, set, onChange }: Props) {
  const t = useGuardText();
  const per: RuleDraft = isDraft(draft.per) ? draft.per : { by: 'instance' };
  const by = String(per.by);
  const choose = (next: string): void => {
    if (next === 'instance') {
      onChange(withValue(draft, 'per', undefined));
      return;
    }
    const { overrides, maxKeys } = per;
    const more: RuleDraft = named.includes(next) ? { name: '' } : next === 'argument' ? { index: 0 } : {};
    const kept: RuleDraft = { ...(overrides && { overrides }), ...(maxKeys && { maxKeys }) };
    onChange(withValue(draft, 'per', { by: next, ...more, ...kept }));
  };
  return (
    <>
      <span className={styles.clause}>
        {t.editor.comma}
        {t.editor.per}
        <select
          className="plain-select"
          aria-label={t.editor.per}
          disabled={blocked}
          value={by}
          onChange={(event) => choose(event.target.value)}
        >
          {keys.map((each) => (
            <option key={each} value={each}>
              {t.editor.perBy[each]}
            </option>
          ))}
        </select>
        {named.includes(by) && (
          <Input
            aria-label={t.editor.perName}
            style={{ width: 130 }}
            disabled={blocked}
            {...(wrong.has('per.name') && { status: 'error' as const })}
            value={String(per.name ?? '')}
            onChange={(event) => set('per.name', event.target.value)}
          />
        )}
        {by === 'argument' && (
          <>
            <NumberInput
              aria-label={t.editor.argumentIndex}
              style={{ width: 60 }}
              min={0}
              max={100}
              precision={0}
              disabled={blocked}
              value={Number(per.index ?? 0)}
              onChange={(next) => set('per.index', next ?? 0)}
            />
            <Input
              aria-label={t.editor.argumentPath}
              placeholder={t.editor.argumentPath}
              style={{ width: 150 }}
              disabled={blocked}
              value={String(per.path ?? '')}
              onChange={(event) => set('per.path', event.target.value || undefined)}
            />
          </>
        )}
      </span>
      <span className={styles.clause}>
        {t.editor.comma}
        {t.editor.scope}
        <FieldInput
          path="scope"
          spec={{ ...fieldOf(draft, 'scope'), optional: undefined } as never}
          value={draft.scope ?? 'instance'}
          label={t.fieldNames.scope!}
          isWrong={wrong.has('scope')}
          blocked={blocked}
          onChange={(next) => set('scope', next === 'instance' ? undefined : next)}
        />
      </span>
      {by !== 'instance' && <Overrides per={per} blocked={blocked} set={set} />}
    </>
  );
}
