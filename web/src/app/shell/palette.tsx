import { useNavigate } from '@tanstack/react-router';
import { Input, Modal } from 'antd';
import { type KeyboardEvent, useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import type { NamespacePlace } from '../../parts/place.ts';
import styles from './palette.module.css';
import { type Goal, useGoals } from './use-goals.ts';

interface Props {
  readonly environment: string | undefined;
  readonly rollBack: (place: NamespacePlace) => void;
  readonly help: () => void;
  readonly onClose: () => void;
}

/** Go to anything, or do it, by typing its name. */
export default function Palette(props: Props) {
  const t = useText();
  return (
    <Modal
      open
      onCancel={props.onClose}
      footer={null}
      closable={false}
      title={<span className="visually-hidden">{t.shell.jump}</span>}
      width={560}
      style={{ top: 80 }}
    >
      <Goals {...props} />
    </Modal>
  );
}

function Goals({ environment, onClose, ...acts }: Props) {
  const t = useText();
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = useGoals(environment, words, acts)
    .filter((goal) => wanted.every((word) => `${goal.kind} ${goal.name}`.toLowerCase().includes(word)))
    .sort((a, b) => Number(beginsWith(b, wanted)) - Number(beginsWith(a, wanted)))
    .slice(0, 12);
  const current = Math.min(at, found.length - 1);
  const go = (goal: Goal | undefined): void => {
    if (!goal) return;
    onClose();
    if ('link' in goal.does) void navigate(goal.does.link);
    else goal.does.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter') go(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <Input
        autoFocus
        value={words}
        placeholder={t.shell.jumpHint}
        aria-label={t.shell.jump}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-goals"
        aria-activedescendant={found[current] && `palette-${current}`}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-goals" role="listbox" aria-label={t.shell.jump} className={styles.goals}>
        {found.map((goal, i) => (
          <div
            key={goal.key}
            id={`palette-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === current}
            className={styles.goal}
            onClick={() => go(goal)}
            onKeyDown={onKeyDown}
          >
            <span>{goal.name}</span>
            <span className="quiet">{goal.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{t.shell.jumpNothing}</p>}
    </>
  );
}

/** What begins with what was typed is meant before what only holds it. */
const beginsWith = ({ name }: Goal, [first = '']: readonly string[]): boolean =>
  name.toLowerCase().startsWith(first);
