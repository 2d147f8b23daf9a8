import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { read } from '../../lib/transport.ts';

interface Option {
  readonly value: string;
  readonly label: string;
}

/** Environments and apps to choose from, with "every" first. */
export function usePlaces(): { environments: Option[]; apps: Option[] } {
  const t = useAdminText();
  const environments = useQuery({ ...read(contracts.listEnvironments), staleTime: 30_000 });
  const apps = useQuery({ ...read(contracts.listApps), staleTime: 30_000 });
  const options = (items: readonly { readonly name: string }[] | undefined, every: string): Option[] => [
    { value: '*', label: every },
    ...(items ?? []).map(({ name }) => ({ value: name, label: name })),
  ];
  return {
    environments: options(environments.data?.items, t.admin.everyEnvironment),
    apps: options(apps.data?.items, t.admin.everyApp),
  };
}
