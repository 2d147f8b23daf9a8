import { Modal } from 'antd';
import { Fragment } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import styles from './palette.module.css';

const keys = [
  ['Ctrl K', 'palette'],
  ['?', 'help'],
  ['/', 'filter'],
  ['j', 'nextRow'],
  ['k', 'rowBefore'],
  ['Enter', 'openRow'],
  ['e', 'edit'],
  ['p', 'publish'],
  ['Shift R', 'rollBack'],
  ['.', 'pause'],
  ['i', 'incident'],
  ['Shift K', 'kill'],
  ['g o', 'overview'],
  ['g a', 'apps'],
  ['g c', 'changes'],
  ['g l', 'alerts'],
  ['g r', 'resources'],
  ['g d', 'drills'],
  ['Ctrl Enter', 'confirm'],
  ['Esc', 'close'],
] as const;

/** Every key of the console, on one page. */
export default function ShortcutHelp({ onClose }: { readonly onClose: () => void }) {
  const t = useText().keys;
  return (
    <Modal open onCancel={onClose} footer={null} title={t.title} width={460}>
      <dl className={styles.keys}>
        {keys.map(([key, what]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t.names[what]}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
