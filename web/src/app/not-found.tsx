import { Link } from '@tanstack/react-router';
import { useText } from '../lib/i18n/language.ts';
import { Empty } from '../ui/empty.tsx';

export function NotFound() {
  const t = useText();
  return (
    <Empty title={t.shell.noSuchPage} action={<Link to="/">{t.shell.toOverview}</Link>}>
      {t.shell.noSuchPageHint}
    </Empty>
  );
}
