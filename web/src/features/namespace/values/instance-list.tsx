import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import type { NamespacePlace } from '../../../parts/place.ts';

interface Props {
  readonly place: NamespacePlace;
  readonly ids: readonly string[];
  /** The server names at most 100 a variant. */
  readonly total: number;
  /** The key that each link explains. */
  readonly itemKey?: string;
}

/** Instances by name; each leads to why it holds what it holds. */
export function InstanceList({ place: { env, app, ns }, ids, total, itemKey }: Props) {
  const t = useDeliveryText();
  return (
    <div>
      <ul style={{ margin: 0, paddingLeft: 18, columns: '2 220px' }}>
        {ids.map((id) => (
          <li key={id} style={{ breakInside: 'avoid' }}>
            <Link
              to="/environments/$env/apps/$app/instances/$instance"
              params={{ env, app, instance: id }}
              search={{ ns, key: itemKey }}
              className="mono"
            >
              {id}
            </Link>
          </li>
        ))}
      </ul>
      {total > ids.length && <p className="quiet">{t.values.andMore(total - ids.length)}</p>}
    </div>
  );
}
