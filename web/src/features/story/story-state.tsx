import type { Story } from '@sluice/protocol';
import { useLanguage } from '../../lib/i18n/language.ts';
import { useStoryText } from '../../lib/i18n/story/story-texts.ts';
import { Age } from '../../ui/age.tsx';
import type { Tone } from '../../ui/badge.tsx';
import { Notice } from '../../ui/notice.tsx';

const tones: Readonly<Record<Story['state'], Tone>> = {
  waiting: 'idle',
  playing: 'busy',
  stopping: 'busy',
  cameTrue: 'ok',
  notTrue: 'bad',
  stopped: 'warn',
};

/** How far it is, in a line; spoken when it changes. */
export function StoryState({ story }: { readonly story: Story }) {
  const t = useStoryText();
  const language = useLanguage();
  const at = story.endedAt ?? story.startedAt;
  return (
    <Notice tone={tones[story.state]}>
      <strong>{useStateText(story)}</strong>
      {story.reason && <p>{story.reason[language]}</p>}
      {at && (
        <p className="quiet">
          <Age at={at} /> {story.by !== undefined && `· ${t.story.startedBy(story.by)}`}
        </p>
      )}
    </Notice>
  );
}

function useStateText({ state, chapters }: Story): string {
  const t = useStoryText().story.states;
  const language = useLanguage();
  const failed = chapters.filter((each) => each.state === 'notTrue').length;
  if (state === 'cameTrue') return t.cameTrue(chapters.length);
  if (state === 'notTrue') return t.notTrue(failed);
  if (state !== 'playing') return t[state];
  const now = chapters.findIndex((each) => each.state === 'playing');
  const playing = chapters[now];
  return playing ? t.playing(now + 1, chapters.length, playing.title[language]) : t.between;
}
