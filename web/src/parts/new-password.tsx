import { Input } from 'antd';
import { useText } from '../lib/i18n/language.ts';
import type { Texts } from '../lib/i18n/texts.ts';
import { Field } from '../ui/field.tsx';

export interface PasswordPair {
  readonly password: string;
  readonly again: string;
}

const shortest = 12;
const longest = 128;

/** What is wrong with a new password and its repetition; undefined when nothing is. */
export function passwordFault(
  pair: PasswordPair,
  t: Texts,
): { password?: string; again?: string } | undefined {
  if (pair.password.length < shortest)
    return { password: t.signIn.passwordShort(shortest, pair.password.length) };
  if (pair.password.length > longest) return { password: t.signIn.passwordLong(longest) };
  if (pair.password !== pair.again) return { again: t.signIn.passwordsDiffer };
  return undefined;
}

interface Props {
  readonly value: PasswordPair;
  readonly onChange: (pair: PasswordPair) => void;
  readonly tried: boolean;
}

/** A new password, typed twice. */
export function NewPassword({ value, onChange, tried }: Props) {
  const t = useText();
  const fault = tried ? passwordFault(value, t) : undefined;
  return (
    <>
      <Field label={t.signIn.newPassword} hint={t.signIn.passwordHint(shortest)} error={fault?.password}>
        {(ids) => (
          <Input.Password
            {...ids}
            value={value.password}
            autoComplete="new-password"
            onChange={(event) => onChange({ ...value, password: event.target.value })}
          />
        )}
      </Field>
      <Field label={t.signIn.passwordAgain} error={fault?.again}>
        {(ids) => (
          <Input.Password
            {...ids}
            value={value.again}
            autoComplete="new-password"
            onChange={(event) => onChange({ ...value, again: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
