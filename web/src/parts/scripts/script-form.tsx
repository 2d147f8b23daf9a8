import { type Rule, sameData } from '@sluice/core';
import { contracts, type ResponseOf } from '@sluice/protocol';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMay } from '../../lib/access.ts';
import { bytes } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { CodeEditor } from '../../ui/code/lazy.tsx';
import { Field } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { ListInput } from '../rules/form/list-input.tsx';
import { type RuleDraft, withValue } from '../rules/rule-value.ts';
import { Playground } from './playground.tsx';
import { type ScriptPlace, type ScriptToRun, scriptOf } from './script-of.ts';

interface Props {
  readonly place: ScriptPlace;
  readonly draft: RuleDraft;
  readonly live: Rule | undefined;
  readonly blocked: boolean;
  readonly onChange: (draft: RuleDraft) => void;
}

type Checked = ResponseOf<typeof contracts.checkScript>;

/** A script to write: checked on the server, with its faults at their lines, and tried on calls without any effect. */
export function ScriptForm({ place, draft, live, blocked, onChange }: Props) {
  const t = useGuardText();
  const may = useMay('config:edit', { environment: place.env, app: place.app });
  const script = scriptOf(draft);
  const check = useMutation<Checked, Problem, ScriptToRun>({
    mutationFn: (body) => call(contracts.checkScript, { params: place, body }),
  });
  const isAbout = sameData(check.variables, script);
  const marks = useMemo(() => (isAbout && check.error ? marksOf(check.error) : []), [isAbout, check.error]);
  return (
    <Stack>
      <p className="quiet">{t.scripts.roles[script.role]}</p>
      <CodeEditor
        value={script.source}
        language="javascript"
        label={t.scripts.source}
        minHeight={180}
        marks={marks}
        {...(!blocked && {
          onChange: (source: string) => onChange(withValue(draft, 'source', source)),
        })}
      />
      <Field label={t.editor.inputs} hint={t.editor.inputsHint}>
        {() => (
          <ListInput
            label={t.editor.inputs}
            blocked={blocked}
            value={draft.inputs}
            onChange={(inputs) => onChange(withValue(draft, 'inputs', inputs))}
          />
        )}
      </Field>
      <Row>
        <Action blocked={may.reason} loading={check.isPending} onClick={() => check.mutate(script)}>
          {t.scripts.check}
        </Action>
        {isAbout && check.isSuccess && (
          <Notice tone={check.data.unusedInputs.length > 0 ? 'warn' : 'ok'}>
            {t.scripts.checked(bytes(check.data.sizeBytes), bytes(check.data.limitBytes))}
            {check.data.unusedInputs.length > 0 && (
              <div>{t.scripts.unused(check.data.unusedInputs.join(', '))}</div>
            )}
          </Notice>
        )}
      </Row>
      {isAbout && check.isError && (
        <>
          <ProblemBox error={check.error} />
          {check.error.code === 'scripts_unavailable' && <Notice tone="idle">{t.scripts.unavailable}</Notice>}
        </>
      )}
      <Playground place={place} draft={draft} live={live} blocked={may.reason} />
    </Stack>
  );
}

function marksOf(problem: Problem) {
  const { line, column } = problem.details;
  if (typeof line !== 'number') return [];
  return [{ line, column: typeof column === 'number' ? column : 1, message: problem.message }];
}
