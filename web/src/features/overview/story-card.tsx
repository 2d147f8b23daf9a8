import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Section } from '../../ui/page.tsx';
import { Row } from '../../ui/stack.tsx';

/** On a server of the demo: the way to its story. */
export function StoryCard() {
  const t = useText();
  const navigate = useNavigate();
  const server = useQuery({ ...read(contracts.setupState), staleTime: Number.POSITIVE_INFINITY });
  if (!server.data?.demo) return null;
  return (
    <Section title={t.overview.story.title}>
      <Row gap={14}>
        <Button type="primary" onClick={() => void navigate({ to: '/story' })}>
          {t.overview.story.play}
        </Button>
        <span className="quiet">{t.overview.story.hint}</span>
      </Row>
    </Section>
  );
}
