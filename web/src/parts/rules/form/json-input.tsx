import type { Json } from '@sluice/core';
import { Input } from 'antd';
import { useState } from 'react';

interface Props {
  readonly label: string;
  readonly blocked: boolean;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

/** A value as JSON on one line; what is no JSON stays in the input, is marked, and leaves no value. */
export function JsonInput({ label, blocked, value, onChange }: Props) {
  const [typed, setTyped] = useState<string>();
  return (
    <Input
      aria-label={label}
      className="mono"
      style={{ width: 240, maxWidth: '100%' }}
      disabled={blocked}
      spellCheck={false}
      autoComplete="off"
      value={typed ?? (value === undefined ? '' : JSON.stringify(value))}
      {...(typed !== undefined && { status: 'error' as const, 'aria-invalid': true })}
      onChange={(event) => {
        try {
          const next = JSON.parse(event.target.value) as Json;
          setTyped(JSON.stringify(next) === event.target.value ? undefined : event.target.value);
          onChange(next);
        } catch {
          setTyped(event.target.value);
          onChange(undefined);
        }
      }}
    />
  );
}
