import { z } from 'zod';
import { moment } from '../model/name.ts';
import { contract } from './contract.ts';
import { words } from './push.ts';
import { none, noParams, noQuery } from './request-parts.ts';

const chapter = z.object({
  name: z.string(),
  title: words,
  /** What it does, before it does it. */
  does: words,
  /** `left`: the story was stopped before it was over. */
  state: z.enum(['waiting', 'playing', 'cameTrue', 'notTrue', 'left']),
  startedAt: moment.optional(),
  /** Of a chapter that is over. */
  tookMs: z.int().optional(),
  /** The command lines that would do the same. */
  commands: z.array(z.string()),
  /** Pages of the console that show it, without the address of the server. */
  pages: z.array(z.string().startsWith('/')),
  /** What came of it, in measured figures, or why it has not come true. */
  came: words.optional(),
  figures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type StoryChapter = z.infer<typeof chapter>;

const storyPace = z.enum(['reader', 'fast']);

/** The story of the demo, as far as it has been told. */
export const story = z.object({
  /** `cameTrue`, `notTrue` and `stopped` are of the last time that it was played. */
  state: z.enum(['waiting', 'playing', 'stopping', 'cameTrue', 'notTrue', 'stopped']),
  /** On so many processes of the storefront it plays. */
  shops: z.int(),
  pace: storyPace.optional(),
  /** Who began it. */
  by: z.string().optional(),
  startedAt: moment.optional(),
  endedAt: moment.optional(),
  /** Why it broke off, where no chapter says it. */
  reason: words.optional(),
  chapters: z.array(chapter),
});
export type Story = z.infer<typeof story>;

export const getStory = contract({
  id: 'getStory',
  summary: 'The story of the demo and how far it has been played; there is one on a server of the demo only',
  method: 'GET',
  path: '/api/v1/story',
  access: 'server:read',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: story,
});

export const playStory = contract({
  id: 'playStory',
  summary: 'Play the story of the demo from its beginning',
  method: 'POST',
  path: '/api/v1/story/play',
  access: 'environment:manage',
  params: noParams,
  query: noQuery,
  body: z.strictObject({
    /** `reader`, the default: leaves time to look around after each chapter. */
    pace: storyPace.optional(),
  }),
  status: 200,
  response: story,
  errors: ['wrong_state'],
});

export const stopStory = contract({
  id: 'stopStory',
  summary: 'Stop the story: what it has in force on a part is taken back, and a drill of it ends',
  method: 'POST',
  path: '/api/v1/story/stop',
  access: 'environment:manage',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
  response: story,
  errors: ['wrong_state'],
});
