import type { StoryChapter } from '@sluice/protocol';
import { useRouter } from '@tanstack/react-router';
import { useNow } from '../../lib/clock.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { useStoryText } from '../../lib/i18n/story/story-texts.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import styles from './chapters.module.css';

const tones: Readonly<Record<StoryChapter['state'], Tone>> = {
  waiting: 'idle',
  playing: 'busy',
  cameTrue: 'ok',
  notTrue: 'bad',
  left: 'idle',
};

/** Every chapter: what it does, where to look, what came of it, and how to do it by hand. */
export function Chapters({ chapters }: { readonly chapters: readonly StoryChapter[] }) {
  return (
    <ol className={styles.chapters}>
      {chapters.map((chapter) => (
        <li
          key={chapter.name}
          className={styles[chapter.state]}
          data-chapter={chapter.name}
          data-state={chapter.state}
        >
          <Chapter chapter={chapter} />
        </li>
      ))}
    </ol>
  );
}

function Chapter({ chapter }: { readonly chapter: StoryChapter }) {
  const t = useStoryText();
  const language = useLanguage();
  const { state, title, does, came, pages, commands } = chapter;
  return (
    <Stack gap={6}>
      <Row>
        <h3 className={styles.title}>{title[language]}</h3>
        <Badge tone={tones[state]}>{t.story.chapterStates[state]}</Badge>
        <Took chapter={chapter} />
      </Row>
      <p className="quiet">{does[language]}</p>
      {came && <p>{came[language]}</p>}
      {pages.length > 0 && (
        <Row gap={14}>
          {pages.map((page) => (
            <PageLink key={page} page={page} />
          ))}
        </Row>
      )}
      {commands.length > 0 && <AsCommand title={t.story.commands} line={commands.join('\n')} />}
    </Stack>
  );
}

function Took({ chapter: { state, startedAt, tookMs } }: { readonly chapter: StoryChapter }) {
  const t = useStoryText();
  const now = useNow();
  const ms =
    tookMs ??
    (state === 'playing' && startedAt !== undefined ? Math.max(0, now - Date.parse(startedAt)) : undefined);
  return ms !== undefined && <span className="quiet num">{t.story.took(ms)}</span>;
}

const kinds = [
  ['push', '/pushes/'],
  ['drill', '/drills/'],
  ['namespace', '/namespaces/'],
  ['resource', '/resource?'],
  ['instances', '/instances'],
] as const;

/** A page of the console that the story names: it goes there as any link of the console does. */
function PageLink({ page }: { readonly page: string }) {
  const t = useStoryText();
  const router = useRouter();
  const kind = kinds.find(([, part]) => page.includes(part))?.[0] ?? 'page';
  return (
    <a
      href={page}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        router.history.push(page);
      }}
    >
      {t.story.pages[kind]}
    </a>
  );
}
