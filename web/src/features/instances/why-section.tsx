import { type Content, sameData } from '@sluice/core';
import { contracts, type Explanation } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Select } from 'antd';
import { valueText } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { TimeLeft } from '../../parts/time-left.tsx';
import { Moment } from '../../ui/age.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import styles from './instances.module.css';

interface Props {
  readonly place: { readonly env: string; readonly app: string; readonly instance: string };
  readonly namespaces: readonly string[];
  readonly ns: string | undefined;
  readonly itemKey: string | undefined;
  readonly choose: (ns: string, key: string | undefined) => void;
}

const keysOf = (content: Content | undefined): string[] =>
  content && content.kind !== 'document' ? Object.keys(content.items).sort() : [];

/** Why this instance has this value: the ladder of layers, and how the value got there. */
export function WhySection({ place, namespaces, ns, itemKey, choose }: Props) {
  const t = useDeliveryText();
  const { env, app } = place;
  const namespace = useQuery({
    ...read(contracts.getNamespace, { params: { env, app, ns: ns ?? '' } }),
    enabled: ns !== undefined,
  });
  const keys = keysOf(namespace.data?.target);
  const whole = namespace.data?.kind === 'document';
  const key = whole ? '' : (itemKey ?? keys[0]);
  return (
    <Section
      title={t.why.title}
      aside={
        <Row>
          <Select
            aria-label={t.namespaces.namespace}
            style={{ minWidth: 160 }}
            value={ns}
            options={namespaces.map((each) => ({ value: each, label: each }))}
            onChange={(next: string) => choose(next, undefined)}
          />
          {!whole && (
            <Select
              aria-label={t.diff.key}
              showSearch
              style={{ minWidth: 220 }}
              value={key}
              options={[...new Set([...keys, ...(itemKey ? [itemKey] : [])])].map((each) => ({
                value: each,
                label: each,
              }))}
              onChange={(next: string) => ns && choose(ns, next)}
            />
          )}
        </Row>
      }
    >
      {ns === undefined || key === undefined ? (
        <Empty title={t.why.chooseKey} />
      ) : (
        <Why place={place} ns={ns} itemKey={key} />
      )}
    </Section>
  );
}

function Why({ place, ns, itemKey }: { place: Props['place']; ns: string; itemKey: string }) {
  const explanation = useQuery(
    read(contracts.explainInstance, { params: place, query: { namespace: ns, key: itemKey } }),
  );
  return <Loaded of={explanation}>{(data) => <Ladder explanation={data} place={place} />}</Loaded>;
}

function Ladder({
  explanation,
  place,
}: {
  readonly explanation: Explanation;
  readonly place: Props['place'];
}) {
  const t = useDeliveryText();
  const { instance } = place;
  const { live, liveKnown, target, ladder, timeline } = explanation;
  const winner = ladder.find((rung) => rung.wins);
  const name = explanation.key ? `${explanation.namespace}.${explanation.key}` : explanation.namespace;
  const same = liveKnown && sameData(live, target);
  const sentence = liveKnown
    ? t.why.sentence(
        instance,
        name,
        live === undefined ? t.why.codeDefault : valueText(live),
        winner ? t.why.layers[winner.layer] : '–',
        winner?.reason ?? '',
      )
    : t.why.unknown(instance, name);
  return (
    <Stack>
      <Notice tone={!liveKnown ? 'idle' : same ? 'ok' : 'warn'} action={<CopyButton text={sentence} />}>
        {sentence}
        {liveKnown && !same && (
          <> {t.why.differs(target === undefined ? t.why.codeDefault : valueText(target))}</>
        )}
      </Notice>
      <ol className={styles.ladder} aria-label={t.why.ladder}>
        {ladder.map((rung) => (
          <li
            key={`${rung.layer} ${rung.pushId ?? ''} ${rung.revision ?? ''} ${rung.reason}`}
            className={`${styles.rung} ${rung.wins ? styles.wins : ''} ${rung.matched ? '' : styles.missed}`}
            aria-current={rung.wins || undefined}
          >
            <span>
              {rung.wins ? '▸ ' : ''}
              {t.why.layers[rung.layer]}
              {rung.group !== undefined && ` ${rung.group}`}
            </span>
            <code>{rung.value === undefined ? '–' : valueText(rung.value)}</code>
            <span>
              {rung.release !== undefined && `${t.namespaces.release(rung.release)} · `}
              {rung.reason}
              {rung.pushId !== undefined && (
                <>
                  {' '}
                  <Link
                    to="/environments/$env/apps/$app/pushes/$push"
                    params={{ env: place.env, app: place.app, push: rung.pushId }}
                  >
                    {t.push.openPage}
                  </Link>
                </>
              )}{' '}
              {rung.expiresAt !== undefined && <TimeLeft until={rung.expiresAt} />}
            </span>
          </li>
        ))}
      </ol>
      {timeline.length > 0 && (
        <div>
          <h3 className="quiet" style={{ fontSize: 12, fontWeight: 500 }}>
            {t.why.timeline}
          </h3>
          <ol className={styles.timeline}>
            {timeline.map((step) => (
              <li key={`${step.at} ${step.what}`}>
                <Moment at={step.at} />
                <span>{step.what}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Stack>
  );
}
