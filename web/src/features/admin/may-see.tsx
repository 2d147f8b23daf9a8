import type { Permission } from '@sluice/protocol';
import type { ReactNode } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { Empty } from '../../ui/empty.tsx';
import { Section } from '../../ui/page.tsx';

/** The page for those who may see it; for all others why not, and who could let them. */
export function MaySee({
  permission,
  children,
}: {
  readonly permission: Permission;
  readonly children: ReactNode;
}) {
  const t = useAdminText();
  const may = useMay(permission);
  if (may.allowed) return children;
  return (
    <Section>
      <Empty title={t.admin.notForYou}>{may.reason}</Empty>
    </Section>
  );
}
