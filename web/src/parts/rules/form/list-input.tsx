import type { Json } from '@sluice/core';
import { Input } from 'antd';
import { useState } from 'react';
import { useGuardText } from '../../../lib/i18n/guard/guard-texts.ts';
import { listOf, listText } from '../list-text.ts';

interface Props {
  readonly label: string;
  readonly blocked: boolean;
  readonly isWrong?: boolean;
  readonly value: Json | undefined;
  readonly onChange: (values: string[]) => void;
}

/** Texts, one on each line; one with a comma in it stands in quotes. */
export function ListInput({ label, blocked, isWrong = false, value, onChange }: Props) {
  const t = useGuardText();
  const [typed, setTyped] = useState<string>();
  const text = Array.isArray(value) ? listText(value, '\n') : '';
  return (
    <Input.TextArea
      aria-label={label}
      className="mono"
      style={{ width: 260, maxWidth: '100%', verticalAlign: 'middle' }}
      autoSize={{ minRows: 1, maxRows: 8 }}
      placeholder={t.editor.listHint}
      disabled={blocked}
      spellCheck={false}
      {...(isWrong && { status: 'error' as const, 'aria-invalid': true })}
      value={typed ?? text}
      onBlur={() => setTyped(undefined)}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(listOf(event.target.value, String));
      }}
    />
  );
}
