import type { Instance } from '@sluice/protocol';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { Badge } from '../../ui/badge.tsx';
import styles from './instances.module.css';

/** Is it there, does it hold what it should, would it survive a restart without us. */
export function InstanceStates({ instance }: { readonly instance: Instance }) {
  const t = useDeliveryText().instances;
  return (
    <span className={styles.states}>
      <Badge tone={instance.online ? 'ok' : 'idle'} sign={instance.online ? '●' : '○'}>
        {instance.online ? t.online : t.offline}
      </Badge>
      {instance.online && !instance.inSync && (
        <Badge tone="warn" sign="≠">
          {t.differs}
        </Badge>
      )}
      {instance.conflict && <Badge tone="bad">{t.conflict}</Badge>}
      {instance.cache !== 'ok' && (
        <Badge
          tone={instance.cache === 'off' ? 'idle' : 'warn'}
          sign={instance.cache === 'off' ? '–' : '!'}
          title={t.cacheHint}
        >
          {t.cache[instance.cache]}
        </Badge>
      )}
    </span>
  );
}

export function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }) {
  const all = Object.entries(labels);
  if (all.length === 0) return <span className="quiet">–</span>;
  return (
    <span className={styles.labels}>
      {all.map(([label, value]) => (
        <code key={label} className={styles.label}>
          {label}={value}
        </code>
      ))}
    </span>
  );
}
