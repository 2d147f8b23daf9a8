import type { Json } from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import { valueText } from '../../lib/format.ts';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { CodeDiff } from '../../ui/code/lazy.tsx';
import { Section } from '../../ui/page.tsx';
import { ContentDiffView } from '../content-diff.tsx';

type Variant = PushPlanBody['variants'][number];
type Change = Variant['namespaces'][number]['changes'][number];

/** How an entry reads in a table: an item by its value, a rule or a text as it is. */
export function entryText(entry: Json | undefined): string | undefined {
  if (entry === undefined) return undefined;
  const isItem = typeof entry === 'object' && entry !== null && 'type' in entry && 'value' in entry;
  return valueText(isItem ? (entry.value as Json) : entry);
}

/** Whether a change is one line of text, or a document to be shown with its lines. */
const isText = (change: Change): boolean => change.key === '';

/** What instances of one variant see change, namespace by namespace, in full. */
export function PlanChanges({ variant }: { readonly variant: Variant }) {
  const t = useDeliveryText();
  return variant.namespaces.map(({ namespace, changes }) => (
    <Section key={namespace} title={namespace} flush>
      {changes.some(isText) ? (
        changes.map((change) => (
          <CodeDiff
            key={change.key}
            before={entryText(change.before) ?? ''}
            after={entryText(change.after) ?? ''}
            language="plain"
            label={t.diff.label}
          />
        ))
      ) : (
        <ContentDiffView
          kind={changes.some((each) => isItem(each.after ?? each.before)) ? 'map' : 'rules'}
          diff={{ of: 'items', changes }}
        />
      )}
    </Section>
  ));
}

const isItem = (entry: Json | undefined): boolean =>
  typeof entry === 'object' && entry !== null && 'type' in entry && 'value' in entry;
