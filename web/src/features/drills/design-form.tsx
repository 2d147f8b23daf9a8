import { contracts, type DrillDefinition } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { read } from '../../lib/transport.ts';
import type { RuleDraft } from '../../parts/rules/rule-value.ts';
import { isDraft } from '../../parts/rules/rule-value.ts';
import { Field } from '../../ui/field.tsx';
import { NumberInput } from '../../ui/number-input.tsx';
import { Section } from '../../ui/page.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { CheckFields } from './check-fields.tsx';
import { FaultFields } from './fault-fields.tsx';
import { TargetFields } from './target-fields.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly definition: Partial<DrillDefinition>;
  readonly onChange: (next: Partial<DrillDefinition>) => void;
}

const listOf = <T,>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

/** A design block by block: what should hold, what goes wrong, in whom, and what is looked at meanwhile. */
export function DesignForm({ env, app, definition, onChange }: Props) {
  const t = useDrillsText();
  const known = useQuery(read(contracts.listResources, { params: { env, app } }));
  const resources = (known.data?.items ?? []).map(({ resource, type }) => ({ name: resource, type }));
  const { title, hypothesis, deadlineMs, recoverWithinMs, targets, budget } = definition;
  const faults = (isDraft(definition.faults) ? definition.faults : {}) as Readonly<Record<string, RuleDraft>>;
  const change = (more: Partial<DrillDefinition>): void => onChange({ ...definition, ...more });
  const [first] = Object.values(faults);
  const broken = isDraft(first?.resource) ? first.resource : undefined;
  /** New checks are about what is broken, until another resource is named. */
  const start = {
    metric: 'errorRatio',
    resource: typeof broken?.value === 'string' ? broken.value : '',
    ...(typeof broken?.type === 'string' && { type: broken.type as never }),
    atMost: 0.05,
    windowS: 10,
  } as const;
  return (
    <Stack gap={14}>
      <Section title={t.drills.form}>
        <Stack gap={14}>
          <Field label={t.drills.name}>
            {(ids) => (
              <Input
                {...ids}
                maxLength={200}
                value={title ?? ''}
                onChange={(event) => change({ title: event.target.value })}
              />
            )}
          </Field>
          <Field label={t.drills.hypothesis}>
            {(ids) => (
              <Input.TextArea
                {...ids}
                autoSize
                maxLength={2000}
                value={hypothesis ?? ''}
                onChange={(event) => change({ hypothesis: event.target.value })}
              />
            )}
          </Field>
          <Row gap={12}>
            <Seconds
              label={t.drills.deadline}
              max={86_400}
              ms={deadlineMs}
              onChange={(ms) => change({ deadlineMs: ms })}
            />
            <Seconds
              label={t.drills.recoverWithin}
              max={3600}
              ms={recoverWithinMs}
              onChange={(ms) => change({ recoverWithinMs: ms })}
            />
          </Row>
        </Stack>
      </Section>
      <Section title={t.drills.whatBreaks}>
        <FaultFields
          faults={faults}
          resources={resources}
          onChange={(next) => change({ faults: next as unknown as DrillDefinition['faults'] })}
        />
      </Section>
      <Section title={t.drills.inWhom}>
        <TargetFields
          env={env}
          app={app}
          targets={targets}
          budget={budget}
          onTargets={(next) => change({ targets: next })}
          onBudget={(next) => change({ budget: next })}
        />
      </Section>
      <Section title={t.drills.checks}>
        <Stack gap={16}>
          <CheckFields
            needed
            title={t.drills.kinds.steadyState}
            hint={t.drills.kindHints.steadyState}
            checks={listOf(definition.steadyState)}
            resources={resources}
            start={start}
            onChange={(next) => change({ steadyState: [...next] })}
          />
          <CheckFields
            timed
            title={t.drills.kinds.expect}
            hint={t.drills.kindHints.expect}
            checks={listOf(definition.expect)}
            resources={resources}
            start={{ ...start, afterS: 0 }}
            onChange={(next) => change({ expect: next as DrillDefinition['expect'] })}
          />
          <CheckFields
            title={t.drills.kinds.guard}
            hint={t.drills.kindHints.guard}
            checks={listOf(definition.guards)}
            resources={resources}
            start={{ ...start, atMost: 0.25, windowS: 5 }}
            onChange={(next) => change({ guards: [...next] })}
          />
        </Stack>
      </Section>
    </Stack>
  );
}

interface SecondsProps {
  readonly label: string;
  readonly max: number;
  /** May be anything while the design is no design yet. */
  readonly ms: unknown;
  readonly onChange: (ms: number) => void;
}

function Seconds({ label, max, ms, onChange }: SecondsProps) {
  const t = useDrillsText();
  return (
    <Field label={label}>
      {({ id }) => (
        <NumberInput
          id={id}
          min={1}
          max={max}
          suffix={t.drills.seconds}
          value={typeof ms === 'number' ? Math.round(ms / 1000) : null}
          onChange={(next) => next !== null && onChange(next * 1000)}
        />
      )}
    </Field>
  );
}
