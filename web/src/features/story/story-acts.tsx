import { contracts, type Story } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useStoryText } from '../../lib/i18n/story/story-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Action } from '../../ui/action.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';

export const isOnStage = ({ state }: Story): boolean => state === 'playing' || state === 'stopping';
const paces = ['reader', 'fast'] as const;

/** Play and stop. */
export function StoryActs({ story }: { readonly story: Story }) {
  const t = useStoryText();
  const client = useQueryClient();
  const may = useMay('environment:manage');
  const [pace, setPace] = useState<(typeof paces)[number]>('reader');
  const keep = (now: Story): void => void client.setQueryData(keyOf(contracts.getStory), now);
  const play = useMutation<Story, Problem>({
    mutationFn: () => call(contracts.playStory, { body: { pace } }),
    onSuccess: keep,
  });
  const stop = useMutation<Story, Problem>({
    mutationFn: () => call(contracts.stopStory),
    onSuccess: keep,
  });
  const failed = play.error ?? stop.error;
  const { shops, chapters } = story;
  const isNew = story.state === 'waiting';
  return (
    <Stack>
      <Row>
        {isOnStage(story) ? (
          <Action
            danger
            type="primary"
            blocked={may.reason}
            loading={stop.isPending || story.state === 'stopping'}
            onClick={() => stop.mutate()}
          >
            {t.story.stop}
          </Action>
        ) : (
          <>
            <Segmented
              aria-label={t.story.pace}
              value={pace}
              options={paces.map((value) => ({ value, label: t.story.paces[value] }))}
              onChange={setPace}
            />
            <Action
              type="primary"
              blocked={may.reason}
              loading={play.isPending}
              onClick={() => play.mutate()}
            >
              {(isNew ? t.story.play : t.story.playAgain)(chapters.length, shops)}
            </Action>
          </>
        )}
      </Row>
      {failed && <ProblemBox error={failed} />}
      {!isOnStage(story) && (
        <AsCommand
          title={t.story.inTerminal}
          line={`npm run demo -- --story${pace === 'fast' ? ' --fast' : ''}`}
        />
      )}
    </Stack>
  );
}
