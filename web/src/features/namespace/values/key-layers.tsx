import { Link } from '@tanstack/react-router';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { keysIn } from '../../../parts/use-layers.ts';
import { useNamespace } from '../namespace-context.ts';
import styles from './values.module.css';

/** That a key has another value for some, on how many, with the way to the push that gave it to them. */
export function KeyLayers({ itemKey }: { readonly itemKey: string }) {
  const t = useDeliveryText();
  const { place, layers } = useNamespace();
  const own = layers.filter((push) => keysIn(push, place.ns).includes(itemKey));
  if (own.length === 0) return null;
  return (
    <div className={styles.layers}>
      {own.map((push) => (
        <Link
          key={push.id}
          to="/environments/$env/apps/$app/pushes/$push"
          params={{ env: place.env, app: place.app, push: push.id }}
        >
          ◔ {t.layers.in[push.mode]} {t.layers.on(push.verdict.targets)}
        </Link>
      ))}
    </div>
  );
}
