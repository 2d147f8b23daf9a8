import { type ResourceType, resourceTypes } from '@sluice/core';
import { AutoComplete } from 'antd';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import type { KnownResource } from './known-resources.ts';

interface Props {
  readonly name: string;
  readonly type: ResourceType | undefined;
  readonly resources: readonly KnownResource[];
  readonly onChange: (next: { readonly resource: string; readonly type: ResourceType | undefined }) => void;
}

/** One resource by its name, out of those that were seen; its type comes along when only one has that name. */
export function ResourceName({ name, type, resources, onChange }: Props) {
  const g = useGuardText();
  const names = [...new Set(resources.map((each) => each.name))];
  const typeOf = (next: string): ResourceType | undefined => {
    const [only, ...more] = resources.filter((each) => each.name === next);
    return more.length === 0 ? only?.type : undefined;
  };
  return (
    <>
      <AutoComplete
        aria-label={g.editor.resource}
        className="mono"
        style={{ width: 250, maxWidth: '100%' }}
        value={name}
        options={names
          .filter((each) => each.toLowerCase().includes(name.toLowerCase()))
          .slice(0, 50)
          .map((value) => ({ value }))}
        onChange={(next: string) => onChange({ resource: next, type: typeOf(next) ?? type })}
      />
      <select
        className="plain-select"
        aria-label={g.resources.type}
        value={type ?? ''}
        onChange={(event) =>
          onChange({ resource: name, type: (event.target.value || undefined) as ResourceType | undefined })
        }
      >
        <option value="">{g.editor.anyType}</option>
        {resourceTypes.map((each) => (
          <option key={each} value={each}>
            {g.types[each]}
          </option>
        ))}
      </select>
    </>
  );
}
