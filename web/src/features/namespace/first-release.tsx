import { diffContent, emptyContent } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { call } from '../../lib/transport.ts';
import { ReleasePanel } from '../../parts/release-panel.tsx';
import { useNamespace } from './namespace-context.ts';

/** Begins to bring what is public to the instances of the app, with nothing of its own over it. */
export function FirstRelease({ onClose }: { readonly onClose: () => void }) {
  const t = useDeliveryText();
  const { place, namespace } = useNamespace();
  const content = emptyContent(namespace.kind);
  const { link } = namespace;
  return (
    <ReleasePanel
      place={place}
      kind={namespace.kind}
      title={t.links.firstTitle(place.app, place.ns)}
      diffTitle={t.links.firstDiff}
      diff={diffContent(undefined, content)}
      buttonText={t.links.firstButton}
      askForName
      command={(message) =>
        `sluice public link ${place.app} ${place.ns} ${link?.app}/${link?.namespace} -m ${JSON.stringify(message)}`
      }
      release={(message, idempotencyKey) =>
        call(contracts.publish, {
          params: place,
          body: { content, message } as never,
          ifMatch: namespace.etag,
          idempotencyKey,
        })
      }
      onClose={onClose}
    />
  );
}
