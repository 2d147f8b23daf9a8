import { type ContentDiff, sameData } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { call } from '../../lib/transport.ts';
import { codeLanguageOf } from '../../parts/code-language.ts';
import { publishCommand } from '../../parts/command-line.ts';
import { ReleasePanel } from '../../parts/release-panel.tsx';
import { keysIn } from '../../parts/use-layers.ts';
import { useNamespace } from './namespace-context.ts';
import { TargetChoice } from './target-choice.tsx';

interface Props {
  readonly onClose: () => void;
  readonly onConflict: () => void;
}

/** Your draft to every instance of the app: diff, who gets it, one button, then it arrives. */
export function PublishPanel({ onClose, onConflict }: Props) {
  const t = useDeliveryText();
  const { place, namespace, draft, live, layers } = useNamespace();
  // Once published, the draft is empty: what this panel is about stays what it was opened for.
  const [{ diff, content }] = useState({ diff: draft.diff, content: draft.content });
  const holding = new Set(
    (live?.variants ?? [])
      .filter((variant) => variant.content && sameData(variant.content as never, content as never))
      .flatMap((variant) => variant.instanceIds),
  );
  // What a layer decides does not change for those whom it reaches: then the exact list is needed, not all instances.
  const own = layers.filter((push) => keysIn(push, place.ns).some((key) => changedKeys(diff).includes(key)));
  return (
    <ReleasePanel
      place={place}
      kind={namespace.kind}
      language={codeLanguageOf(namespace.format)}
      title={t.publish.title(place.app, place.ns)}
      diffTitle={namespace.live ? t.publish.diff(namespace.live.number) : t.publish.firstDiff}
      diff={diff}
      holding={holding}
      buttonText={(online) => t.publish.button(online)}
      askForName
      command={(message) => publishCommand(place, namespace.kind, diff, message)}
      release={async (message, idempotencyKey) => {
        const saved = await draft.settle();
        return call(contracts.publish, {
          params: place,
          body: { draft: true, message },
          ifMatch: saved.etag,
          idempotencyKey,
        });
      }}
      target={<TargetChoice own={own} />}
      blocked={own.length > 0 ? t.publish.ownValues : undefined}
      onConflict={onConflict}
      toApproval={
        <Link
          to="/environments/$env/apps/$app/publish"
          params={{ env: place.env, app: place.app }}
          search={{ ns: place.ns, step: 'confirm', mode: 'global' }}
        >
          {t.approval.propose}
        </Link>
      }
      onClose={onClose}
    />
  );
}

const changedKeys = (diff: ContentDiff): readonly string[] =>
  diff.of === 'text' ? [''] : diff.changes.map((each) => each.key);
