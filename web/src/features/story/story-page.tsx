import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../lib/access.ts';
import { useStoryText } from '../../lib/i18n/story/story-texts.ts';
import { read } from '../../lib/transport.ts';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { Chapters } from './chapters.tsx';
import { isOnStage, StoryActs } from './story-acts.tsx';
import { StoryState } from './story-state.tsx';

/** The story of the demo: played here, told chapter by chapter as each of them comes true. */
export function StoryPage() {
  const t = useStoryText();
  const server = useQuery({ ...read(contracts.setupState), staleTime: Number.POSITIVE_INFINITY });
  const may = useMay('server:read');
  return (
    <Page name={t.shell.story} title={t.shell.story}>
      <Loaded of={server}>
        {({ demo }) => {
          if (!demo)
            return (
              <Section>
                <Empty title={t.story.none}>{t.story.noneHint}</Empty>
              </Section>
            );
          if (may.allowed) return <Told />;
          return (
            <Section>
              <Empty title={t.story.notForYou}>{may.reason}</Empty>
            </Section>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Told() {
  const t = useStoryText();
  const story = useQuery({
    ...read(contracts.getStory),
    // Also while the server is away, which the story kills: it is asked again until it is back.
    refetchInterval: ({ state }) => (state.data && isOnStage(state.data) ? 1000 : 3000),
  });
  return (
    <Loaded of={story}>
      {(data) => (
        <>
          <Section>
            <Stack>
              <p>{t.story.intro}</p>
              <StoryState story={data} />
              <StoryActs story={data} />
            </Stack>
          </Section>
          <Section title={t.story.chapters}>
            <Chapters chapters={data.chapters} />
          </Section>
        </>
      )}
    </Loaded>
  );
}
