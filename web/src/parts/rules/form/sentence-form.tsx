import type { Json, ResourceType } from '@sluice/core';
import { useRef } from 'react';
import { nowMs } from '../../../lib/clock.ts';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { groupOf } from '../rule-fields.ts';
import type { Remark } from '../rule-remarks.ts';
import { isDraft, type RuleDraft, withValue } from '../rule-value.ts';
import { asVariant, type Variant, variantOf, variants } from '../rule-variants.ts';
import { getsText } from '../sentence.ts';
import { Clauses } from './clauses.tsx';
import { PerInput } from './per-input.tsx';
import { ResourceInput } from './resource-input.tsx';
import styles from './rule-form.module.css';

export interface FormProps {
  readonly draft: RuleDraft;
  readonly remarks: readonly Remark[];
  readonly resources: readonly { readonly name: string; readonly type: ResourceType }[];
  readonly blocked: boolean;
  readonly onChange: (draft: RuleDraft) => void;
}

/** Faults run in drills; no namespace takes one. */
const kinds = ['limit', 'breaker', 'degrade', 'system', 'access', 'script'] as const;

/** A rule as a sentence with inputs in it: on which resource, what it does, for whom it counts, what else happens. */
export function SentenceForm({ draft, remarks, resources, blocked, onChange }: FormProps) {
  const t = useGuardText();
  const variant = variantOf(draft);
  // The rule as each variant that it was: who steps through the list by arrow keys passes by others.
  const left = useRef<Partial<Record<Variant, RuleDraft>>>({});
  const choose = (next: Variant): void => {
    if (variant) left.current[variant] = draft;
    onChange(asVariant(draft, next, nowMs(), left.current[next]));
  };
  // What is wrong with one entry of a list is wrong with the list.
  const wrong = new Set(remarks.flatMap(({ field }) => [field, field.replace(/\.\d+$/, '')]));
  const set = (path: string, value: Json | undefined): void => {
    const group = groupOf(path);
    const [parent] = path.split('.') as [string];
    if (group && value === undefined) onChange(withValue(draft, parent, undefined));
    else if (group && !isDraft(draft[parent]))
      onChange(withValue(withValue(draft, parent, group(nowMs()) as Json), path, value));
    else onChange(withValue(draft, path, value));
  };
  return (
    <fieldset className={styles.sentence} aria-label={t.editor.what}>
      <span>{t.editor.on}</span>
      <ResourceInput draft={draft} resources={resources} wrong={wrong} blocked={blocked} set={set} />
      <select
        className="plain-select"
        aria-label={t.editor.kind}
        disabled={blocked}
        value={variant ?? ''}
        onChange={(event) => choose(event.target.value as Variant)}
      >
        {variant === undefined && <option value="" />}
        {kinds.map((kind) => (
          <optgroup key={kind} label={t.kinds[kind]}>
            {variants
              .filter((each) => each.split('.')[0] === kind)
              .map((each) => (
                <option key={each} value={each}>
                  {t.kinds[kind] + t.editor.colon + t.variantNames[each]}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <span className={styles.wide} />
      {variant === undefined ? (
        <span className={styles.unset}>{t.editor.noVariant}</span>
      ) : (
        <Clauses template={t.sentences[variant]} draft={draft} wrong={wrong} blocked={blocked} set={set} />
      )}
      {draft.kind === 'limit' && (
        <PerInput draft={draft} wrong={wrong} blocked={blocked} set={set} onChange={onChange} />
      )}
      <span className={styles.clause}>{getsText(draft, t)}</span>
    </fieldset>
  );
}
