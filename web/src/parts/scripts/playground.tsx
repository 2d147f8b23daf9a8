import { type Json, type ResourceType, type Rule, sameData } from '@sluice/core';
import { contracts, type ResponseOf } from '@sluice/protocol';
import { useMutation } from '@tanstack/react-query';
import { Input } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import styles from '../rules/form/rule-form.module.css';
import { isDraft, type RuleDraft, valueAt } from '../rules/rule-value.ts';
import { type ScriptPlace, type ScriptToRun, scriptOf } from './script-of.ts';
import { TriedRuns } from './tried-runs.tsx';

interface Props {
  readonly place: ScriptPlace;
  readonly draft: RuleDraft;
  readonly live: Rule | undefined;
  readonly blocked: string | undefined;
}

type Tried = ResponseOf<typeof contracts.tryScript>;
const recordedChoices = [0, 20, 50, 200];

/** Runs a script on input of one's own and on recorded calls, beside the live version; nothing else happens. */
export function Playground({ place, draft, live, blocked }: Props) {
  const t = useGuardText();
  const script = scriptOf(draft);
  const [cases, setCases] = useState(() => JSON.stringify(exampleOf(script.inputs)));
  const [error, setError] = useState('{ "code": "limited" }');
  const [random, setRandom] = useState<number | null>(0.5);
  const [last, setLast] = useState(0);
  const [fault, setFault] = useState<string>();
  const compared = live?.kind === 'script' && live.role === draft.role ? live.source : undefined;
  const [compare, setCompare] = useState(true);
  const run = useMutation<Tried, Problem, { readonly given: readonly RuleDraft[]; readonly of: ScriptToRun }>(
    {
      mutationFn: ({ given }) =>
        call(contracts.tryScript, {
          params: place,
          body: {
            ...script,
            ...(typeof draft.timeoutMs === 'number' && { timeoutMs: draft.timeoutMs }),
            ...(compare && compared !== undefined && { compareWith: compared }),
            cases: given.map((values) => ({
              values: values as never,
              ...(random !== null && { random }),
              ...(script.role === 'fallback' && error.trim() !== '' && { error: JSON.parse(error) as Json }),
            })),
            ...(last > 0 && { recorded: { last, ...resourceOf(draft) } }),
          },
        }),
    },
  );
  const isOlder = !fault && (run.isError || run.isSuccess) && !sameData(run.variables.of, script);
  const start = (): void => {
    if (blocked !== undefined) return;
    try {
      const read = cases.trim() === '' ? [] : (JSON.parse(cases) as Json);
      if (script.role === 'fallback' && error.trim() !== '') JSON.parse(error);
      const given = Array.isArray(read) ? read : [read];
      const areInputs = given.every(isDraft);
      setFault(areInputs ? undefined : t.scripts.notObject);
      if (areInputs) run.mutate({ given, of: script });
    } catch (cause) {
      setFault(t.scripts.notJson((cause as Error).message));
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    start();
  };
  return (
    <Section title={t.scripts.playground}>
      <fieldset className={styles.bare} onKeyDown={onKeyDown} aria-label={t.scripts.playground}>
        <Stack>
          <Field label={t.scripts.ownInput}>
            {(ids) => (
              <Input.TextArea
                {...ids}
                className="mono"
                autoSize={{ minRows: 2, maxRows: 10 }}
                spellCheck={false}
                value={cases}
                onChange={(event) => setCases(event.target.value)}
              />
            )}
          </Field>
          <div className={styles.grid}>
            {script.role === 'fallback' && (
              <Field label={t.scripts.errorInput}>
                {(ids) => (
                  <Input
                    {...ids}
                    className="mono"
                    value={error}
                    onChange={(event) => setError(event.target.value)}
                  />
                )}
              </Field>
            )}
            <Field label={t.scripts.random}>
              {(ids) => (
                <NumberInput {...ids} min={0} max={1} step={0.1} value={random} onChange={setRandom} />
              )}
            </Field>
            <Field
              label={t.scripts.recorded}
              hint={isOne(draft) ? t.scripts.recordedHint : t.scripts.recordedHintAll}
            >
              {(ids) => (
                <select
                  id={ids.id}
                  className="plain-select"
                  value={last}
                  onChange={(event) => setLast(Number(event.target.value))}
                >
                  {recordedChoices.map((each) => (
                    <option key={each} value={each}>
                      {each === 0 ? t.scripts.noRecorded : t.scripts.last(each)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </div>
          <Row>
            <Action type="primary" ghost blocked={blocked} loading={run.isPending} onClick={start}>
              {t.scripts.run}
            </Action>
            <span className="quiet">{t.scripts.runHint}</span>
            {compared === undefined ? (
              <span className="quiet">{t.scripts.noLive}</span>
            ) : (
              <label>
                <input
                  type="checkbox"
                  checked={compare}
                  onChange={(event) => setCompare(event.target.checked)}
                />{' '}
                {t.scripts.compare}
              </label>
            )}
          </Row>
          {fault && <Notice tone="bad">{fault}</Notice>}
          {isOlder && <Notice tone="idle">{t.scripts.older}</Notice>}
          {!fault && run.isError && <ProblemBox error={run.error} />}
          {!fault && run.isSuccess && <TriedRuns tried={run.data} />}
        </Stack>
      </fieldset>
    </Section>
  );
}

/** An input with every name that the script declares. */
const exampleOf = (inputs: readonly string[]): Json =>
  Object.fromEntries(inputs.map((name) => [name, name.startsWith('stat.') ? 10 : 'example']));

const isOne = (draft: RuleDraft): boolean => valueAt(draft, 'resource.match') === 'exact';

/** The resource of the rule, where it is one name. */
function resourceOf(draft: RuleDraft): { resource?: string; type?: ResourceType } {
  if (!isOne(draft)) return {};
  const resource = valueAt(draft, 'resource.value');
  const type = valueAt(draft, 'resource.type');
  return {
    ...(typeof resource === 'string' && resource !== '' && { resource }),
    ...(typeof type === 'string' && { type: type as ResourceType }),
  };
}
