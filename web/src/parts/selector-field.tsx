import { parseSelector, selects } from '@sluice/core';
import type { Instance } from '@sluice/protocol';
import { Input } from 'antd';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { useLanguage } from '../lib/i18n/language.ts';
import { Field } from '../ui/field.tsx';
import { Stack } from '../ui/stack.tsx';
import styles from './selector-field.module.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Those whom it picks from, to show at once whom. */
  readonly instances: readonly Instance[];
  /** Nothing typed means everybody, not a mistake. */
  readonly optional?: boolean;
  readonly autoFocus?: boolean;
}

const namedAtMost = 6;
const offeredAtMost = 8;

/** A label selector as it is typed: what is wrong with it, or how many and who fit right now. */
export function SelectorField({ label, value, onChange, instances, optional = false, autoFocus }: Props) {
  const t = useDeliveryText();
  const language = useLanguage();
  const read = value.trim() === '' ? undefined : parseSelector(value);
  const online = instances.filter((each) => each.online);
  const terms = read?.ok ? read.value : undefined;
  const matches = terms && instances.filter((each) => selects({ who: 'labels', all: terms }, each));
  const matchesOnline = matches?.filter((each) => each.online) ?? [];
  const names = matchesOnline.slice(0, namedAtMost).map((each) => each.instanceId);
  const offered = labelsOf(online).filter((each) => !value.includes(each.text));
  return (
    <Stack gap={6}>
      <Field
        label={label}
        error={read?.ok === false ? t.selector.problem(read.refusal[language]) : undefined}
        hint={
          matches
            ? t.selector.matches(
                matchesOnline.length,
                online.length,
                names,
                matchesOnline.length - names.length,
              )
            : optional
              ? t.selector.optional
              : t.selector.hint
        }
      >
        {(ids) => (
          <Input
            {...ids}
            className="mono"
            spellCheck={false}
            autoComplete="off"
            autoFocus={autoFocus ?? false}
            placeholder="zone in (a,b), version=2.3"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {offered.length > 0 && (
        <ul className={styles.offers} aria-label={t.selector.offers}>
          {offered.slice(0, offeredAtMost).map((each) => (
            <li key={each.text}>
              <button
                type="button"
                className={styles.offer}
                onClick={() => onChange(value.trim() ? `${value.trim()}, ${each.text}` : each.text)}
              >
                <code>{each.text}</code> <span className="num">{each.count}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

/** The labels that instances carry, most frequent first. */
function labelsOf(instances: readonly Instance[]): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { labels } of instances)
    for (const [label, value] of Object.entries(labels)) {
      const text = /^[\w./:-]+$/.test(value) ? `${label}=${value}` : `${label}=${JSON.stringify(value)}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
}
