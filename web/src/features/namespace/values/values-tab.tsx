import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { Distribution } from './distribution.tsx';
import { DocumentValues } from './document-values.tsx';
import { InheritedValues } from './inherited.tsx';
import { LayersInForce } from './layers-in-force.tsx';
import { MapValues } from './map-values.tsx';
import { RulesValues } from './rules-values.tsx';

/** The three values of a namespace, never mixed: what instances hold, what the release says, what you edit. */
export function ValuesTab() {
  const t = useDeliveryText();
  const { draft } = useNamespace();
  const { q, who } = useSearch({ from: '/shell/environments/$env/apps/$app/namespaces/$ns/' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/namespaces/$ns' });
  const filter = {
    q,
    setQ: (next: string | undefined) => void navigate({ search: { q: next, who }, replace: true }),
  };
  const { content } = draft;
  return (
    <Stack gap={14}>
      <Distribution who={who} show={(next) => void navigate({ search: { q, who: next } })} />
      <LayersInForce />
      {content.kind === 'map' && <MapValues content={content} {...filter} />}
      {content.kind === 'rules' && <RulesValues content={content} {...filter} />}
      <InheritedValues q={q} />
      {content.kind === 'document' && <DocumentValues content={content} />}
      <p className="quiet" style={{ fontSize: 12 }}>
        {t.values.legend}
      </p>
    </Stack>
  );
}
