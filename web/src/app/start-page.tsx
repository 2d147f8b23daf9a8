import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useText } from '../lib/i18n/language.ts';
import { read } from '../lib/transport.ts';
import { Empty } from '../ui/empty.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { lastEnvironment } from './shell/last-environment.ts';

/** Goes on to the environment that was looked at last, else to the first one. */
export function StartPage() {
  const t = useText();
  const environments = useQuery(read(contracts.listEnvironments));
  return (
    <Loaded of={environments}>
      {({ items }) => {
        const kept = lastEnvironment();
        const env = items.find((each) => each.name === kept) ?? items[0];
        if (!env) return <Empty title={t.shell.noEnvironment}>{t.shell.noEnvironmentHint}</Empty>;
        return <Navigate to="/environments/$env" params={{ env: env.name }} replace />;
      }}
    </Loaded>
  );
}
