import { contracts, type RefusedCall } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { amount } from '../../lib/amount.ts';
import { lengthText } from '../../lib/format.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Facts } from '../../ui/facts.tsx';
import { Field } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { BreakerBadge } from './breaker-badges.tsx';

/** How long to wait, never less than it is. */
const waitText = (ms: number, inMs: (n: string) => string): string =>
  ms < 1000 ? inMs(amount(Math.ceil(ms))) : lengthText(1000 * Math.ceil(ms / 1000));

interface Place {
  readonly env: string;
  readonly app: string;
}

interface Props {
  readonly place: Place;
  /** The id in the address. */
  readonly decision: string | undefined;
  readonly ask: (decision: string) => void;
}

/** Why a call was refused, by the id that its caller was told: the rule, and what it measured at that moment. */
export function ExplainCall({ place, decision, ask }: Props) {
  const t = useGuardText();
  const [typed, setTyped] = useState(decision ?? '');
  const [shown, setShown] = useState(decision);
  // The browser's way back goes to another decision: the answer is never below the id of another one.
  if (shown !== decision) {
    setShown(decision);
    setTyped(decision ?? '');
  }
  return (
    <Section title={t.explain.title}>
      <Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ask(typed.trim());
          }}
        >
          <Field label={t.explain.label} hint={t.explain.hint}>
            {(ids) => (
              <Row>
                <Input
                  {...ids}
                  className="mono"
                  style={{ maxWidth: 420 }}
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
                <Button htmlType="submit">{t.explain.button}</Button>
              </Row>
            )}
          </Field>
        </form>
        {decision && <Answer place={place} decision={decision} />}
      </Stack>
    </Section>
  );
}

function Answer({ place, decision }: { readonly place: Place; readonly decision: string }) {
  const answer = useQuery({
    ...read(contracts.getDecision, { params: { ...place, decision } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shown = useRef<HTMLDivElement>(null);
  const answered = answer.isPending ? undefined : decision;
  // Who follows a link to an answer comes to the top of a page, and the answer is at its end.
  useEffect(() => {
    if (answered !== undefined) shown.current?.scrollIntoView({ block: 'nearest' });
  }, [answered]);
  return (
    <div ref={shown}>
      <Loaded of={answer} rows={2}>
        {({ call, instanceId }) => <Refusal place={place} call={call} instanceId={instanceId} />}
      </Loaded>
    </div>
  );
}

function Refusal({
  place: { env, app },
  call,
  instanceId,
}: {
  readonly place: Place;
  readonly call: RefusedCall;
  readonly instanceId: string;
}) {
  const t = useText();
  const g = useGuardText();
  const [ns, key] = splitRef(call.rule);
  return (
    <Facts
      facts={[
        [
          g.explain.refusedBy,
          ns ? (
            <Link
              key="rule"
              to="/environments/$env/apps/$app/namespaces/$ns"
              params={{ env, app, ns }}
              search={{ q: key }}
              className="mono"
            >
              {call.rule}
            </Link>
          ) : (
            <code key="rule">{call.rule}</code>
          ),
        ],
        [g.explain.why, g.codes[call.code]],
        [
          g.resources.resource,
          <Link
            key="resource"
            to="/environments/$env/apps/$app/resource"
            params={{ env, app }}
            search={{ name: call.resource, type: call.type }}
            className="mono"
          >
            {call.resource}
          </Link>,
        ],
        ...(call.reason === undefined ? [] : [[g.explain.reason, call.reason] as const]),
        ...(call.value === undefined
          ? []
          : [[g.explain.measured, <Measured key="value" call={call} />] as const]),
        ...(call.threshold === undefined ? [] : [[g.explain.threshold, amount(call.threshold)] as const]),
        ...(call.key === undefined ? [] : [[g.explain.key, <code key="key">{call.key}</code>] as const]),
        ...(call.state === undefined
          ? []
          : [[g.explain.state, <BreakerBadge key="state" state={call.state} />] as const]),
        ...(call.retryAfterMs === undefined
          ? []
          : [[g.explain.retryAfter, waitText(call.retryAfterMs, g.resources.ms)] as const]),
        [
          g.explain.instance,
          <Link
            key="instance"
            to="/environments/$env/apps/$app/instances/$instance"
            params={{ env, app, instance: instanceId }}
            className="mono"
          >
            {instanceId}
          </Link>,
        ],
        [t.changes.revision, String(call.revision)],
      ]}
    />
  );
}

/** What was measured; of a breaker that was open by then that may be below what had opened it. */
function Measured({ call: { state, value = 0, threshold = 0 } }: { readonly call: RefusedCall }) {
  const g = useGuardText();
  const isOpened = state === 'open' || state === 'halfOpen';
  return (
    <>
      {amount(value)} {isOpened && value < threshold && <span className="quiet">{g.explain.movedOn}</span>}
    </>
  );
}

function splitRef(ref: string): [string | undefined, string] {
  const at = ref.indexOf('/');
  return at < 0 ? [undefined, ref] : [ref.slice(0, at), ref.slice(at + 1)];
}
