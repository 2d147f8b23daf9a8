import type { Json } from '@sluice/core';
import { Button } from 'antd';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Clauses } from '../../parts/rules/form/clauses.tsx';
import { ResourceInput } from '../../parts/rules/form/resource-input.tsx';
import { isDraft, type RuleDraft, withValue } from '../../parts/rules/rule-value.ts';
import { type Variant, variantOf } from '../../parts/rules/rule-variants.ts';
import { Stack } from '../../ui/stack.tsx';
import styles from './design.module.css';
import { asFault, asRule, faultVariants, freshName, otherFault } from './fault-draft.ts';
import type { KnownResource } from './known-resources.ts';

type Faults = Readonly<Record<string, RuleDraft>>;

interface Props {
  readonly faults: Faults;
  readonly resources: readonly KnownResource[];
  readonly onChange: (faults: Faults) => void;
}

const nothingWrong: ReadonlySet<string> = new Set();
const faultsAtMost = 10;

/** What goes wrong: one sentence a fault, which calls, how many of them, and how. */
export function FaultFields({ faults, resources, onChange }: Props) {
  const t = useDrillsText();
  const names = Object.keys(faults);
  const add = (): void => {
    const last = faults[names.at(-1) ?? ''];
    onChange({ ...faults, [freshName(names)]: otherFault(isDraft(last) ? last : {}, 'fault.error') });
  };
  return (
    <Stack gap={8}>
      {names.map((name) => (
        <FaultLine
          key={name}
          name={name}
          fault={isDraft(faults[name]) ? faults[name] : {}}
          resources={resources}
          onChange={(fault) => onChange({ ...faults, [name]: fault })}
          {...(names.length > 1 && {
            onRemove: () =>
              onChange(Object.fromEntries(Object.entries(faults).filter(([each]) => each !== name))),
          })}
        />
      ))}
      <div>
        <Button size="small" disabled={names.length >= faultsAtMost} onClick={add}>
          {t.drills.addFault}
        </Button>
      </div>
    </Stack>
  );
}

interface LineProps {
  readonly name: string;
  readonly fault: RuleDraft;
  readonly resources: readonly KnownResource[];
  readonly onChange: (fault: RuleDraft) => void;
  readonly onRemove?: () => void;
}

function FaultLine({ name, fault, resources, onChange, onRemove }: LineProps) {
  const t = useDrillsText();
  const g = useGuardText();
  const rule = asRule(fault);
  const variant = variantOf(rule);
  const set = (path: string, value: Json | undefined): void =>
    onChange(asFault(withValue(rule, path, value)));
  const same = { draft: rule, wrong: nothingWrong, blocked: false, set };
  return (
    <fieldset className={styles.line} aria-label={t.drills.faultNamed(name)}>
      <code>{name}</code>
      <span>{g.editor.on}</span>
      <ResourceInput {...same} resources={resources} />
      <span className={styles.wide} />
      <select
        className="plain-select"
        aria-label={t.drills.fault}
        value={variant ?? ''}
        onChange={(event) => onChange(otherFault(fault, event.target.value as Variant))}
      >
        {variant === undefined && <option value="" />}
        {faultVariants.map((each) => (
          <option key={each} value={each}>
            {g.variantNames[each]}
          </option>
        ))}
      </select>
      {variant !== undefined && (
        <Clauses {...same} template={g.sentences[variant].replace(g.faultStart, t.drills.faultStart)} />
      )}
      {onRemove && (
        <span className={styles.end}>
          <Button size="small" type="text" onClick={onRemove} aria-label={t.drills.removeOf(name)}>
            {t.drills.removeLine}
          </Button>
        </span>
      )}
    </fieldset>
  );
}
