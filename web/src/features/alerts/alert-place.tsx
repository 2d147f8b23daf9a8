import type { Alert } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { openKill } from '../../parts/open-kill.ts';

/** The app, and a link to where what is told can be looked at. */
export function AlertPlace({ env, alert }: { readonly env: string; readonly alert: Alert }) {
  const { app, link, subject } = alert;
  if (link.to === 'kill' || app === undefined)
    return (
      <Button size="small" type="link" style={{ paddingInline: 0 }} onClick={() => openKill(app ?? '')}>
        {subject}
      </Button>
    );
  const params = { env, app };
  switch (link.to) {
    case 'push':
      return (
        <Link to="/environments/$env/apps/$app/pushes/$push" params={{ ...params, push: link.pushId }}>
          {app}
        </Link>
      );
    case 'instance':
      return (
        <Link
          to="/environments/$env/apps/$app/instances/$instance"
          params={{ ...params, instance: link.instanceId }}
        >
          {app} · {link.instanceId}
        </Link>
      );
    case 'resource':
      return (
        <Link
          to="/environments/$env/apps/$app/resource"
          params={params}
          search={{ name: link.resource, type: link.type }}
        >
          {app} · {link.resource}
        </Link>
      );
    case 'rule':
      return (
        <Link to="/environments/$env/apps/$app/resources" params={params}>
          {app} · {link.rule}
        </Link>
      );
    default:
      return (
        <Link to="/environments/$env/apps/$app/instances" params={params}>
          {app}
        </Link>
      );
  }
}
