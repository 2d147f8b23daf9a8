import { diffContent } from '@sluice/core';
import { contracts, type NamespaceDetail, type PushPlanBody, type ResponseOf } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../lib/problem.ts';
import { call, read } from '../lib/transport.ts';
import { Notice } from '../ui/notice.tsx';
import { ProblemBox } from '../ui/problem-box.tsx';
import { SidePanel } from '../ui/side-panel.tsx';
import { codeLanguageOf } from './code-language.ts';
import { rollbackCommand } from './command-line.ts';
import { EmergencyField } from './emergency-field.tsx';
import type { NamespacePlace } from './place.ts';
import { ReleasePanel } from './release-panel.tsx';

interface Props {
  readonly place: NamespacePlace;
  readonly namespace: NamespaceDetail;
  /** The release whose content comes back. */
  readonly to: number;
  readonly onClose: () => void;
}

/** The second of the two actions of a rollback: the inverse diff, who gets it, one button that has the focus. */
export function RollbackPanel({ place, namespace, to, onClose }: Props) {
  const t = useDeliveryText();
  const release = useQuery({
    ...read(contracts.getRelease, { params: { ...place, number: String(to) } }),
    staleTime: Infinity,
  });
  const [emergency, setEmergency] = useState('');
  const preview = useQuery<ResponseOf<typeof contracts.previewRollback>, Problem, PushPlanBody>({
    queryKey: [contracts.previewRollback.id, place, to],
    queryFn: ({ signal }) => call(contracts.previewRollback, { params: place, body: { to } }, signal),
    select: ({ plan }) => plan,
    retry: false,
  });
  if (release.isError)
    return (
      <SidePanel title={t.rollback.title(to)} open onClose={onClose}>
        <ProblemBox error={release.error} retry={() => void release.refetch()} />
      </SidePanel>
    );
  return (
    <ReleasePanel
      place={place}
      kind={namespace.kind}
      language={codeLanguageOf(namespace.format)}
      title={t.rollback.title(to)}
      diffTitle={t.rollback.diff(namespace.live?.number ?? 0, to)}
      diff={release.data && diffContent(namespace.target, release.data.content)}
      buttonText={(online) => t.rollback.button(online, to)}
      askForName={false}
      plan={preview}
      refused={(problem) =>
        problem.code === 'frozen' && <EmergencyField value={emergency} onChange={setEmergency} />
      }
      danger
      command={(message) => rollbackCommand(place, to, message, emergency.trim())}
      release={(message, idempotencyKey) =>
        call(contracts.rollback, {
          params: place,
          body: { to, message, ...(emergency.trim() !== '' && { emergency }) },
          ifMatch: namespace.etag,
          idempotencyKey,
        })
      }
      done={(released) => <Notice tone="ok">{t.rollback.done(released.release.number, to)}</Notice>}
      {...(namespace.linkers > 0 && {
        target: <Notice tone="warn">{t.links.reaches(namespace.linkers)}</Notice>,
      })}
      onClose={onClose}
    />
  );
}
