import { type Json, sameData } from '@sluice/core';
import { Input } from 'antd';
import { useState } from 'react';

interface Props {
  readonly label: string;
  readonly blocked: boolean;
  readonly isWrong?: boolean;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

/** What was typed, with the value that it is; without one where it is no JSON. */
interface Typed {
  readonly text: string;
  readonly value: Json | undefined;
}

/** A value as JSON on one line; what is no JSON stays in the input, is marked, and leaves no value. */
export function JsonInput({ label, blocked, isWrong = false, value, onChange }: Props) {
  const [typed, setTyped] = useState<Typed>();
  // It stands as it was typed, with blanks of its own, until the value becomes another one beside it.
  const own = typed && sameData(typed.value, value) ? typed : undefined;
  const isMarked = isWrong || (own !== undefined && own.value === undefined);
  return (
    <Input
      aria-label={label}
      className="mono"
      style={{ width: 240, maxWidth: '100%' }}
      disabled={blocked}
      spellCheck={false}
      autoComplete="off"
      value={own?.text ?? (value === undefined ? '' : JSON.stringify(value))}
      {...(isMarked && { status: 'error' as const, 'aria-invalid': true })}
      onChange={(event) => {
        const { value: text } = event.target;
        const next = { text, value: readJson(text) };
        setTyped(next);
        onChange(next.value);
      }}
    />
  );
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
