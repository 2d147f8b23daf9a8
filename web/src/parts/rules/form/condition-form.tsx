import type { Json } from '@sluice/core';
import { Button, Input } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { NumberInput } from '../../../ui/number-input.tsx';
import { type Op, ops, scalar, withOp } from '../condition-test.ts';
import { listOf, listText } from '../list-text.ts';
import { isDraft, type RuleDraft, withValue } from '../rule-value.ts';
import styles from './rule-form.module.css';

interface Props {
  readonly condition: Json | undefined;
  readonly blocked: boolean;
  readonly onChange: (condition: Json | undefined) => void;
}

const groups = ['and', 'or', 'not'] as const;
type Group = (typeof groups)[number];
const subjects = ['origin', 'header', 'query', 'tag', 'argument'] as const;
const firstTest: Json = { on: 'origin', op: 'equals', value: '' };

const groupOf = (condition: RuleDraft): Group | undefined =>
  groups.find((each) => Object.hasOwn(condition, each));
const partsOf = (condition: RuleDraft, group: Group): readonly Json[] => {
  const inner = condition[group];
  return Array.isArray(inner) ? inner : inner === undefined ? [] : [inner];
};
/** One part needs no group around it; `not` takes exactly one. */
function grouped(group: Group, parts: readonly Json[]): Json | undefined {
  if (parts.length === 0) return undefined;
  if (group === 'not') return { not: parts.length === 1 ? parts[0]! : { and: [...parts] } } as Json;
  return { [group]: [...parts] } as Json;
}

/** Which calls a rule is about: tests, joined and nested as needed. */
export function ConditionForm({ condition, blocked, onChange }: Props) {
  const t = useGuardText();
  if (!isDraft(condition))
    return (
      <div>
        <Button size="small" disabled={blocked} onClick={() => onChange({ and: [firstTest] } as Json)}>
          {t.editor.addTest}
        </Button>
      </div>
    );
  const group = groupOf(condition);
  if (group === undefined)
    return (
      <div className={styles.group}>
        <TestForm test={condition} blocked={blocked} onChange={onChange} />
        <div>
          <Button
            size="small"
            disabled={blocked}
            onClick={() => onChange({ and: [condition as Json, firstTest] } as Json)}
          >
            {t.editor.addTest}
          </Button>
        </div>
      </div>
    );
  const parts = partsOf(condition, group);
  const put = (next: readonly Json[], as: Group = group): void => onChange(grouped(as, next));
  return (
    <div className={styles.group}>
      <div className={styles.test}>
        <select
          className="plain-select"
          aria-label={t.editor.group}
          disabled={blocked}
          value={group}
          onChange={(event) => put(parts, event.target.value as Group)}
        >
          {groups.map((each) => (
            <option key={each} value={each}>
              {t.editor.groups[each]}
            </option>
          ))}
        </select>
      </div>
      {parts.map((part, i) => {
        const change = (next: Json | undefined): void =>
          put(parts.flatMap((old, j) => (j === i ? (next === undefined ? [] : [next]) : [old])));
        const key = `${i} of ${parts.length}`;
        return isDraft(part) && groupOf(part) === undefined ? (
          <TestForm key={key} test={part} blocked={blocked} onChange={change} />
        ) : (
          <ConditionForm key={key} condition={part} blocked={blocked} onChange={change} />
        );
      })}
      {group !== 'not' && (
        <div className={styles.test}>
          <Button size="small" disabled={blocked} onClick={() => put([...parts, firstTest])}>
            {t.editor.addTest}
          </Button>
          <Button
            size="small"
            disabled={blocked}
            onClick={() => put([...parts, { or: [firstTest] } as Json])}
          >
            {t.editor.addGroup}
          </Button>
        </div>
      )}
    </div>
  );
}

interface TestProps {
  readonly test: RuleDraft;
  readonly blocked: boolean;
  readonly onChange: (test: Json | undefined) => void;
}

function TestForm({ test, blocked, onChange }: TestProps) {
  const t = useGuardText();
  const set = (path: string, value: Json | undefined): void => onChange(withValue(test, path, value) as Json);
  const op = ops.find((each) => each === test.op) ?? 'equals';
  return (
    <div className={styles.test}>
      <select
        className="plain-select"
        aria-label={t.editor.subject}
        disabled={blocked}
        value={String(test.on)}
        onChange={(event) => {
          const on = event.target.value;
          const { name, index: _, path: __, ...rest } = test;
          const more: RuleDraft =
            on === 'origin' ? {} : on === 'argument' ? { index: 0 } : { name: name ?? '' };
          onChange({ ...rest, on, ...more });
        }}
      >
        {subjects.map((each) => (
          <option key={each} value={each}>
            {t.editor.subjects[each]}
          </option>
        ))}
      </select>
      {['header', 'query', 'tag'].includes(String(test.on)) && (
        <Input
          aria-label={t.editor.perName}
          style={{ width: 120 }}
          disabled={blocked}
          value={String(test.name ?? '')}
          onChange={(event) => set('name', event.target.value)}
        />
      )}
      {test.on === 'argument' && (
        <>
          <NumberInput
            aria-label={t.editor.argumentIndex}
            style={{ width: 56 }}
            min={0}
            max={100}
            disabled={blocked}
            value={Number(test.index ?? 0)}
            onChange={(next) => set('index', next ?? 0)}
          />
          <Input
            aria-label={t.editor.argumentPath}
            placeholder={t.editor.argumentPath}
            style={{ width: 120 }}
            disabled={blocked}
            value={String(test.path ?? '')}
            onChange={(event) => set('path', event.target.value || undefined)}
          />
        </>
      )}
      <select
        className="plain-select"
        aria-label={t.editor.op}
        disabled={blocked}
        value={op}
        onChange={(event) => onChange(withOp(test, event.target.value as Op))}
      >
        {ops.map((each) => (
          <option key={each} value={each}>
            {t.editor.ops[each]}
          </option>
        ))}
      </select>
      <TestValue op={op} test={test} blocked={blocked} set={set} />
      <Button
        size="small"
        disabled={blocked}
        aria-label={t.editor.removeTest}
        onClick={() => onChange(undefined)}
      >
        ✕
      </Button>
    </div>
  );
}

interface ValueProps {
  readonly op: Op;
  readonly test: RuleDraft;
  readonly blocked: boolean;
  readonly set: (path: string, value: Json | undefined) => void;
}

function TestValue({ op, test, blocked, set }: ValueProps) {
  const t = useGuardText();
  if (op === 'exists')
    return (
      <select
        className="plain-select"
        aria-label={t.editor.testValue}
        disabled={blocked}
        value={String(test.value)}
        onChange={(event) => set('value', event.target.value === 'true')}
      >
        <option value="true">{t.editor.yes}</option>
        <option value="false">{t.editor.no}</option>
      </select>
    );
  if (op === 'atLeast' || op === 'atMost')
    return (
      <NumberInput
        aria-label={t.editor.testValue}
        disabled={blocked}
        value={Number(test.value)}
        onChange={(next) => set('value', next ?? 0)}
      />
    );
  const isList = op === 'in';
  return (
    <Input
      // Typed text stays as it is typed; of another comparison it is another input.
      key={op}
      aria-label={t.editor.testValue}
      style={{ width: 180 }}
      disabled={blocked}
      {...(isList && { placeholder: 'a, b, c' })}
      defaultValue={
        isList && Array.isArray(test.values) ? listText(test.values, ', ') : String(test.value ?? '')
      }
      onChange={(event) => {
        const text = event.target.value;
        if (isList) set('values', listOf(text, scalar));
        else set('value', op === 'equals' ? scalar(text) : text);
      }}
    />
  );
}
