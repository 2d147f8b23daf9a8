import { contracts, type PublicNamespaceEntry } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../lib/transport.ts';
import { Field } from '../../ui/field.tsx';

export type Base = Pick<PublicNamespaceEntry, 'app' | 'namespace' | 'kind'>;

interface Props {
  readonly env: string;
  /** The app that links: its own are no choice, nor those that lead back to it. */
  readonly app: string;
  readonly value: Base | undefined;
  readonly onChange: (base: Base | undefined) => void;
}

const keyOfBase = ({ app, namespace }: Base): string => `${app}/${namespace}`;

/** The public namespace that a new one lies over; absent where there is none to choose. */
export function BaseField({ env, app, value, onChange }: Props) {
  const t = useDeliveryText();
  const open = useQuery(read(contracts.listPublicNamespaces, { params: { env } }));
  const choices = (open.data?.items ?? []).filter(
    (each) => each.app !== app && each.chain.length < 3 && each.chain.every((link) => link.app !== app),
  );
  if (choices.length === 0) return null;
  return (
    <Field label={t.links.base} hint={t.links.baseHint}>
      {({ id }) => (
        <Select<string>
          id={id}
          showSearch
          value={value ? keyOfBase(value) : ''}
          onChange={(key) => onChange(choices.find((each) => keyOfBase(each) === key))}
          options={[
            { value: '', label: t.links.baseNone },
            ...choices.map((each) => ({
              value: keyOfBase(each),
              label: `${each.app} / ${each.namespace} · ${t.namespaces.kinds[each.kind]}`,
            })),
          ]}
        />
      )}
    </Field>
  );
}
