import type { Pace } from '../story/player.ts';

/** What the server passes on from its console. */
export type StoryWish =
  | { readonly do: 'tell' | 'stop' }
  | { readonly do: 'play'; readonly pace: Pace; readonly by: string };

/** Undefined: it is about something else. */
export function storyWishIn(message: unknown): StoryWish | undefined {
  const wish = (message as { story?: Partial<Record<'do' | 'pace' | 'by', unknown>> } | null)?.story;
  if (wish?.do === 'tell' || wish?.do === 'stop') return { do: wish.do };
  if (wish?.do !== 'play') return undefined;
  return { do: 'play', pace: wish.pace === 'fast' ? 'fast' : 'reader', by: String(wish.by) };
}
