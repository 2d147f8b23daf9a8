import type { PushInstance } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useText } from '../lib/i18n/language.ts';
import { Badge } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { applyLook } from './apply-state.ts';
import styles from './push-grid.module.css';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly instances: readonly PushInstance[];
}

/** From this many targets on, a cell is only its sign; the line below says who it is. */
const denseFrom = 120;
const gapPx = 4;
const sizes = { roomy: { width: 196, height: 46 }, dense: { width: 28, height: 28 } } as const;

/** One cell per target, by sign, colour and word. Arrow keys move, Enter opens; only visible rows are drawn. */
export function PushGrid({ env, app, instances }: Props) {
  const t = useText();
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState(0);
  const dense = instances.length >= denseFrom;
  const size = dense ? sizes.dense : sizes.roomy;
  const columns = Math.max(1, Math.floor(width / size.width));
  const cellWidth = dense ? size.width : width / columns;
  const last = instances.length - 1;
  const current = Math.min(at, last);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  const rows = useVirtualizer({
    count: Math.ceil(instances.length / columns),
    getScrollElement: () => frame.current,
    estimateSize: () => size.height,
    overscan: 4,
  });

  const go = (index: number): void => {
    const next = Math.max(0, Math.min(last, index));
    setAt(next);
    rows.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -current,
      End: last - current,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    go(current + step);
  };

  const shown = width === 0 ? [] : rows.getVirtualItems();
  const cells = shown.flatMap((row) =>
    instances.slice(row.index * columns, (row.index + 1) * columns).map((instance, column) => ({
      instance,
      index: row.index * columns + column,
      style: {
        transform: `translate(${column * cellWidth}px, ${row.start}px)`,
        width: cellWidth - gapPx,
        height: size.height - gapPx,
      },
    })),
  );
  const focused = instances[current];
  return (
    <div>
      <div ref={frame} className={styles.frame}>
        <ul className={styles.cells} style={{ height: rows.getTotalSize() }} aria-label={t.push.gridLabel}>
          {cells.map(({ instance, index, style }) => (
            <li key={instance.instanceId} className={styles.place} style={style}>
              <Link
                to="/environments/$env/apps/$app/instances/$instance"
                params={{ env, app, instance: instance.instanceId }}
                preload={false}
                tabIndex={index === current ? 0 : -1}
                data-index={index}
                data-state={instance.state}
                data-instance={instance.instanceId}
                onFocus={() => setAt(index)}
                onMouseEnter={() => setAt(index)}
                onKeyDown={onKeyDown}
                className={`${styles.cell} ${styles[applyLook[instance.state].tone]} ${dense ? styles.dense : ''}`}
              >
                <Cell instance={instance} dense={dense} />
              </Link>
            </li>
          ))}
        </ul>
        {instances.length === 0 && <Empty title={t.push.noTargets} />}
      </div>
      {focused && (
        <p className={styles.focused}>
          <code>{focused.instanceId}</code>
          <Badge tone={applyLook[focused.state].tone} sign={applyLook[focused.state].sign}>
            {t.push.state[focused.state]}
          </Badge>
          {focused.ms !== undefined && <span className="num">{focused.ms} ms</span>}
          {focused.error && <span>{focused.error}</span>}
        </p>
      )}
    </div>
  );
}

function Cell({ instance, dense }: { readonly instance: PushInstance; readonly dense: boolean }) {
  const t = useText();
  const sign = (
    <span className={styles.sign} aria-hidden="true">
      {applyLook[instance.state].sign}
    </span>
  );
  if (dense)
    return (
      <>
        {sign}
        <span className="visually-hidden">
          {t.push.cell(instance.instanceId, t.push.state[instance.state], instance.ms)}
        </span>
      </>
    );
  return (
    <>
      {sign}
      <span className={styles.words}>
        <span className={styles.name}>{instance.instanceId}</span>
        <span className={styles.state}>
          {t.push.state[instance.state]}
          {instance.ms !== undefined && ` · ${instance.ms} ms`}
        </span>
      </span>
    </>
  );
}
