import { diffContent } from '@sluice/core';
import { contracts, type ReleaseSummary } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useText } from '../../../lib/i18n/language.ts';
import { read } from '../../../lib/transport.ts';
import { codeLanguageOf } from '../../../parts/code-language.ts';
import { ContentDiffView } from '../../../parts/content-diff.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';

type Against = 'previous' | 'live';

/** What a release brought, against the one before it; or what lies between it and what is live. */
export function ReleaseDiff({ release }: { readonly release: ReleaseSummary }) {
  const t = useText();
  const { place, namespace } = useNamespace();
  const isLive = namespace.live?.number === release.number;
  const [against, setAgainst] = useState<Against>(isLive ? 'previous' : 'live');
  const whole = useQuery({
    ...read(contracts.getRelease, { params: { ...place, number: String(release.number) } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hasPrevious = release.number > 1;
  const previous = useQuery({
    ...read(contracts.getRelease, { params: { ...place, number: String(release.number - 1) } }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: hasPrevious && against === 'previous',
  });
  return (
    <Stack>
      <div>
        <Segmented
          size="small"
          aria-label={t.history.against}
          value={against}
          onChange={setAgainst}
          options={[
            { value: 'live', label: t.history.againstLive, disabled: isLive },
            { value: 'previous', label: t.history.againstPrevious },
          ]}
        />
      </div>
      <Loaded of={whole}>
        {({ content }) => {
          if (against === 'previous' && hasPrevious && !previous.data)
            return <Loaded of={previous}>{() => null}</Loaded>;
          const diff =
            against === 'live'
              ? diffContent(content, namespace.target)
              : diffContent(previous.data?.content, content);
          return (
            <ContentDiffView diff={diff} kind={namespace.kind} language={codeLanguageOf(namespace.format)} />
          );
        }}
      </Loaded>
    </Stack>
  );
}
