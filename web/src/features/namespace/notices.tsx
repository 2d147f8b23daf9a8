import { contracts } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { Age } from '../../ui/age.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { useNamespace } from './namespace-context.ts';

interface Props {
  readonly conflict: boolean;
  readonly openMerge: () => void;
}

/** What the reader must know about drafts: refused, overtaken, put aside, or that somebody else has one. */
export function Notices({ conflict, openMerge }: Props) {
  const t = useDeliveryText();
  const { place, namespace, draft } = useNamespace();
  const client = useQueryClient();
  // A broken document says so beside its text.
  const isRefused =
    namespace.kind !== 'document' && draft.save.is === 'failed' && draft.save.problem.code !== 'base_moved';
  const { stash, others = [] } = draft.answer.data ?? {};
  const dropStash = useMutation({
    mutationFn: () => call(contracts.discardDraft, { params: place, query: { stash: 'true' } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(contracts.getDraft, { params: place }) }),
  });
  return (
    <>
      {draft.answer.isError && (
        <ProblemBox error={draft.answer.error} retry={() => void draft.answer.refetch()} />
      )}
      {isRefused && (
        <ProblemBox error={draft.save.problem} retry={() => void draft.settle().catch(() => undefined)} />
      )}
      {conflict && (
        <Notice
          tone="warn"
          action={
            <Button size="small" type="primary" onClick={openMerge}>
              {t.merge.open}
            </Button>
          }
        >
          {t.merge.notice}
        </Notice>
      )}
      {draft.thrownAway && (
        <Notice
          tone="idle"
          action={
            <Button size="small" onClick={() => draft.edit(draft.thrownAway!)}>
              {t.draft.putBack}
            </Button>
          }
        >
          {t.draft.thrownAway}
        </Notice>
      )}
      {stash && (
        <Notice
          tone="accent"
          action={
            <>
              <Button size="small" onClick={() => draft.edit(stash.content)}>
                {t.draft.restore}
              </Button>
              <Button
                size="small"
                type="text"
                loading={dropStash.isPending}
                onClick={() => dropStash.mutate()}
              >
                {t.draft.dropStash}
              </Button>
            </>
          }
        >
          {t.draft.stashed} <Age at={stash.stashedAt} />
        </Notice>
      )}
      {others.length > 0 && <Notice tone="idle">{t.draft.others(others.map((each) => each.owner))}</Notice>}
    </>
  );
}
