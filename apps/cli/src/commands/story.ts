import type { ErrorText } from '@sluice/core';
import type { Story, StoryChapter } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

/** `sluice story show`: how far the demo's story is. */
export async function showStory(context: Context): Promise<ExitCode> {
  await show(context, await (await context.api()).call(contracts.getStory));
  return exitCode.ok;
}

/** `sluice story play`: from its beginning. */
export async function playStory(context: Context, flags: { readonly fast?: boolean }): Promise<ExitCode> {
  const body = { pace: flags.fast ? ('fast' as const) : ('reader' as const) };
  await show(context, await (await context.api()).call(contracts.playStory, { body }));
  return exitCode.ok;
}

/** `sluice story stop`: what it has in force is taken back. */
export async function stopStory(context: Context): Promise<ExitCode> {
  await show(context, await (await context.api()).call(contracts.stopStory));
  return exitCode.ok;
}

const storyWords: Readonly<Record<Story['state'], ErrorText>> = {
  waiting: { en: 'The story waits to be played: sluice story play', zh: '故事尚未播放：sluice story play' },
  playing: { en: 'The story is playing.', zh: '故事播放中。' },
  stopping: { en: 'The story is stopping.', zh: '故事正在停止。' },
  cameTrue: { en: 'The story has come true.', zh: '故事全部应验。' },
  notTrue: { en: 'The story has not come true.', zh: '故事未应验。' },
  stopped: { en: 'The story was stopped.', zh: '故事已停止。' },
};

const chapterWords: Readonly<Record<StoryChapter['state'], ErrorText>> = {
  waiting: { en: 'waits', zh: '等待' },
  playing: { en: 'plays', zh: '播放中' },
  cameTrue: { en: 'came true', zh: '已应验' },
  notTrue: { en: 'not true', zh: '未应验' },
  left: { en: 'left', zh: '已跳过' },
};

async function show(context: Context, story: Story): Promise<void> {
  const { language, output, say } = context;
  output.note(say(storyWords[story.state]));
  if (story.reason) output.note(story.reason[language]);
  if (output.format !== 'table') return output.one(story, () => '');
  await output.list(story.chapters, [
    { head: { en: 'CHAPTER', zh: '章节' }, cell: (chapter) => chapter.title[language] },
    { head: { en: 'STATE', zh: '状态' }, cell: (chapter) => say(chapterWords[chapter.state]) },
    { head: { en: 'CAME', zh: '结果' }, cell: (chapter) => chapter.came?.[language] ?? '-' },
  ]);
}
