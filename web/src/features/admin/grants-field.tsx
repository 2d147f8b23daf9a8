import { type Grant, type Role, roles } from '@sluice/protocol';
import { Button, Select } from 'antd';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { Row, Stack } from '../../ui/stack.tsx';
import { usePlaces } from './places.ts';

interface Props {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
}

/** Roles, each in an environment and an app; `*` is every one. */
export function GrantsField({ grants, onChange }: Props) {
  const t = useAdminText();
  const { environments, apps } = usePlaces();
  const change = (at: string, part: Partial<Grant>): void =>
    onChange(grants.map((grant, i) => (String(i) === at ? { ...grant, ...part } : grant)));
  return (
    <Stack gap={8}>
      {Object.entries(grants).map(([at, grant]) => (
        <Row key={at} gap={6}>
          <Select<Role>
            aria-label={t.admin.role}
            style={{ width: 150 }}
            value={grant.role}
            onChange={(role) => change(at, { role })}
            options={roles.map((each) => ({ value: each, label: t.roles[each] }))}
          />
          <Select
            aria-label={t.shell.environment}
            style={{ width: 140 }}
            value={grant.environment}
            onChange={(environment: string) => change(at, { environment })}
            options={environments}
          />
          <Select
            aria-label={t.shell.app}
            style={{ width: 150 }}
            value={grant.app}
            onChange={(app: string) => change(at, { app })}
            options={apps}
          />
          <Button
            size="small"
            aria-label={t.admin.removeRole(t.roles[grant.role])}
            onClick={() => onChange(grants.filter((_, each) => String(each) !== at))}
          >
            ✕
          </Button>
        </Row>
      ))}
      <div>
        <Button
          size="small"
          onClick={() => onChange([...grants, { role: 'viewer', environment: '*', app: '*' }])}
        >
          {t.admin.addRole}
        </Button>
      </div>
    </Stack>
  );
}
