import { type BodyInputOf, contracts, type Push } from '@sluice/protocol';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, newIntentKey } from '../../lib/transport.ts';

export type StartBody = BodyInputOf<typeof contracts.startPush>;

/** Starts a push, once however often it is pressed. What the server refused may be sent again as another intent. */
export function useStart(
  place: { readonly env: string; readonly app: string },
  onStarted: (push: Push) => void,
): UseMutationResult<Push, Problem, StartBody> {
  const client = useQueryClient();
  const intent = useRef(newIntentKey());
  return useMutation<Push, Problem, StartBody>({
    mutationFn: (body) => call(contracts.startPush, { params: place, body, idempotencyKey: intent.current }),
    onSuccess: (push) => {
      client.setQueryData(keyOf(contracts.getPush, { params: { ...place, push: push.id } }), push);
      void client.invalidateQueries({ queryKey: [contracts.listPushes.id] });
      for (const operation of ['getDraft', 'getNamespace', 'listNamespaces', 'getLiveValues'] as const)
        void client.invalidateQueries({ queryKey: [contracts[operation].id] });
      onStarted(push);
    },
    onError: (problem) => {
      // Without an answer it may have happened: the same intent is asked again then.
      if (problem.status > 0 && problem.status < 500) intent.current = newIntentKey();
    },
  });
}
