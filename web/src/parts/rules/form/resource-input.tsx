import { type Json, type ResourceType, resourceMatches, resourceTypes } from '@sluice/core';
import { AutoComplete } from 'antd';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { type RuleDraft, valueAt } from '../rule-value.ts';

interface Props {
  readonly draft: RuleDraft;
  readonly resources: readonly { readonly name: string; readonly type: ResourceType }[];
  readonly wrong: ReadonlySet<string>;
  readonly blocked: boolean;
  readonly set: (path: string, value: Json | undefined) => void;
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** Which resources: how the name is matched, the name with those that were seen, and the type of calls. */
export function ResourceInput({ draft, resources, wrong, blocked, set }: Props) {
  const t = useGuardText();
  const value = text(valueAt(draft, 'resource.value'));
  const names = [...new Set(resources.map(({ name }) => name))];
  return (
    <>
      <select
        className="plain-select"
        aria-label={t.editor.match}
        disabled={blocked}
        value={text(valueAt(draft, 'resource.match'))}
        onChange={(event) => set('resource.match', event.target.value)}
      >
        {resourceMatches.map((each) => (
          <option key={each} value={each}>
            {t.editor.matches[each]}
          </option>
        ))}
      </select>
      <AutoComplete
        aria-label={t.editor.resource}
        className="mono"
        style={{ width: 260, maxWidth: '100%' }}
        disabled={blocked}
        value={value}
        {...(['resource', 'resource.value'].some((each) => wrong.has(each)) && { status: 'error' as const })}
        options={names
          .filter((name) => name.toLowerCase().includes(value.toLowerCase()))
          .slice(0, 50)
          .map((name) => ({ value: name }))}
        onChange={(next: string) => set('resource.value', next)}
      />
      <select
        className="plain-select"
        aria-label={t.resources.type}
        disabled={blocked}
        value={text(valueAt(draft, 'resource.type'))}
        onChange={(event) => set('resource.type', event.target.value || undefined)}
      >
        <option value="">{t.editor.anyType}</option>
        {resourceTypes.map((each) => (
          <option key={each} value={each}>
            {t.types[each]}
          </option>
        ))}
      </select>
    </>
  );
}
