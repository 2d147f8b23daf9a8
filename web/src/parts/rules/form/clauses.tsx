import type { Json } from '@sluice/core';
import { Fragment } from 'react';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { fieldOf } from '../rule-fields.ts';
import { type RuleDraft, valueAt } from '../rule-value.ts';
import { clausesOf } from '../sentence.ts';
import { FieldInput } from './field-input.tsx';
import styles from './rule-form.module.css';

interface Props {
  readonly template: string;
  readonly draft: RuleDraft;
  readonly wrong: ReadonlySet<string>;
  readonly blocked: boolean;
  readonly set: (path: string, value: Json | undefined) => void;
}

/** A sentence with inputs in the place of its fields; a clause of which nothing is set is quiet. */
export function Clauses({ template, draft, wrong, blocked, set }: Props) {
  const t = useGuardText();
  return clausesOf(template).map((clause, i) => {
    const isSet = i === 0 || clause.some((p) => 'field' in p && valueAt(draft, p.field) !== undefined);
    const key = clause.map((p) => ('field' in p ? p.field : '')).join();
    return (
      <span key={key} className={`${styles.clause} ${isSet ? '' : styles.unset}`}>
        {clause.map((piece) =>
          'words' in piece ? (
            <Fragment key={piece.words}>{piece.words}</Fragment>
          ) : (
            <FieldInput
              key={piece.field}
              path={piece.field}
              spec={fieldOf(draft, piece.field)}
              value={valueAt(draft, piece.field)}
              label={t.fieldNames[piece.field] ?? piece.field}
              isWrong={wrong.has(piece.field)}
              blocked={blocked}
              onChange={(value) => set(piece.field, value)}
            />
          ),
        )}
      </span>
    );
  });
}
