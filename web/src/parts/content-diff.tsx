import { type ContentDiff, type Item, type ItemChange, isTakenAway, type Json } from '@sluice/core';
import { valueText } from '../lib/format.ts';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import type { CodeLanguage } from '../ui/code/language.ts';
import { CodeDiff } from '../ui/code/lazy.tsx';
import styles from './content-diff.module.css';

interface Props {
  readonly diff: ContentDiff;
  readonly kind: 'map' | 'document' | 'rules';
  readonly language?: CodeLanguage;
}

/** What goes and what comes, key by key, or line by line for a document. */
export function ContentDiffView({ diff, kind, language = 'plain' }: Props) {
  const t = useDeliveryText();
  if (diff.of === 'text') {
    if (diff.same) return <p className={styles.same}>{t.diff.same}</p>;
    return <CodeDiff before={diff.before} after={diff.after} language={language} label={t.diff.label} />;
  }
  if (diff.changes.length === 0) return <p className={styles.same}>{t.diff.same}</p>;
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{t.diff.label}</caption>
      <thead>
        <tr>
          <th scope="col">{t.diff.key}</th>
          <th scope="col">{t.diff.before}</th>
          <th scope="col">{t.diff.after}</th>
        </tr>
      </thead>
      <tbody>
        {diff.changes.map((each) => (
          <tr key={each.key}>
            <th scope="row">
              <span className={styles.key}>{each.key}</span>
              <span className={`${styles.change} ${styles[each.change]}`}>{t.diff[each.change]}</span>
            </th>
            <td className={each.change === 'added' ? styles.none : styles.before}>
              <Side change={each} side="before" kind={kind} />
            </td>
            <td className={each.change === 'removed' ? styles.none : styles.after}>
              <Side change={each} side="after" kind={kind} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ change, side, kind }: { change: ItemChange; side: 'before' | 'after'; kind: Props['kind'] }) {
  const t = useDeliveryText();
  const entry = change[side];
  if (entry === undefined) return <span>{t.diff.nothing}</span>;
  if (isTakenAway(entry)) return <span>{t.links.isRemoved}</span>;
  if (kind !== 'map') return <pre className={styles.whole}>{ruleLines(change, side).join('\n') || '–'}</pre>;
  const item = entry as unknown as Item;
  const notes = itemNotes(change, side);
  return (
    <>
      <Value value={item.value} />
      {notes.map((note) => (
        <div key={note} className={styles.note}>
          {note}
        </div>
      ))}
    </>
  );
}

function Value({ value }: { readonly value: Json }) {
  if (typeof value === 'object' && value !== null)
    return <pre className={styles.json}>{JSON.stringify(value, null, 2)}</pre>;
  return <span className={styles.value}>{value === '' ? '""' : valueText(value)}</span>;
}

/** A rule line by line; of one that changed only the fields that differ. */
function ruleLines(change: ItemChange, side: 'before' | 'after'): string[] {
  const lines = leavesOf(change[side] as Json, '');
  const other = change[side === 'before' ? 'after' : 'before'];
  if (other === undefined) return lines.map(([path, value]) => `${path}: ${value}`);
  const known = new Map(leavesOf(other as Json, ''));
  return lines.flatMap(([path, value]) => (known.get(path) === value ? [] : [`${path}: ${value}`]));
}

function leavesOf(value: Json, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, valueText(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

/** What else of an item differs: its type, bounds or description. */
function itemNotes(change: ItemChange, side: 'before' | 'after'): string[] {
  const item = change[side] as unknown as Item;
  const other = change[side === 'before' ? 'after' : 'before'] as unknown as Item | undefined;
  const differs = (field: keyof Item): boolean => other === undefined || other[field] !== item[field];
  const notes: string[] = [];
  if (differs('type')) notes.push(item.type);
  if ((differs('min') || differs('max')) && (item.min !== undefined || item.max !== undefined))
    notes.push(`${item.min ?? '−∞'} … ${item.max ?? '∞'}`);
  if (differs('description') && item.description) notes.push(item.description);
  return notes;
}
