import { useMay } from '../../lib/access.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Action } from '../../ui/action.tsx';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly resource: string;
  readonly press: () => void;
}

/** The way to a rule for one resource of a list. */
export function ProtectButton({ env, app, resource, press }: Props) {
  const t = useGuardText();
  const may = useMay('config:publish', { environment: env, app });
  return (
    <Action
      size="small"
      blocked={may.reason}
      onClick={press}
      {...(may.allowed && { 'aria-label': t.resources.protectNamed(resource) })}
    >
      {t.resources.protect}
    </Action>
  );
}
