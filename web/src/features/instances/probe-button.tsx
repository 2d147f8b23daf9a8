import { contracts, type InstanceDetail, type ResponseOf } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';

type Place = { readonly env: string; readonly app: string; readonly instance: string };
export type Probed = ResponseOf<typeof contracts.probeInstance>;

/** Asks an instance now what it really holds, from its live memory. */
export function useProbe(place: Place) {
  const client = useQueryClient();
  return useMutation<Probed, Problem>({
    mutationFn: () => call(contracts.probeInstance, { params: place }),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(contracts.getInstance, { params: place }) }),
  });
}

export function ProbeButton({
  instance,
  probe,
}: {
  readonly instance: InstanceDetail;
  readonly probe: ReturnType<typeof useProbe>;
}) {
  const t = useDeliveryText();
  return (
    <Action
      title={t.proof.probeHint}
      blocked={instance.online ? undefined : t.proof.offline}
      loading={probe.isPending}
      onClick={() => probe.mutate()}
    >
      {t.proof.probe}
    </Action>
  );
}

/** What it answered. */
export function ProbeAnswer({ probe }: { readonly probe: ReturnType<typeof useProbe> }) {
  const t = useDeliveryText();
  if (probe.isError) return <ProblemBox error={probe.error} retry={() => probe.mutate()} />;
  if (!probe.data) return null;
  const { answered, ms, namespaces } = probe.data;
  if (!answered) return <Notice tone="warn">{t.proof.silent}</Notice>;
  const differing = namespaces.filter((each) => !each.inSync).map((each) => each.name);
  return (
    <Notice tone={differing.length === 0 ? 'ok' : 'bad'}>
      {t.proof.answered(ms ?? 0)} {differing.length === 0 ? t.proof.equal : t.proof.differs(differing)}
    </Notice>
  );
}
