import type { Content, DocumentContent } from '@sluice/core';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { codeLanguageOf } from '../../../parts/code-language.ts';
import { Action } from '../../../ui/action.tsx';
import type { CodeMark } from '../../../ui/code/language.ts';
import { CodeDiff, CodeEditor } from '../../../ui/code/lazy.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { ProblemBox } from '../../../ui/problem-box.tsx';
import { Stack } from '../../../ui/stack.tsx';
import type { DraftEditing } from '../draft/use-draft.ts';
import { useNamespace } from '../namespace-context.ts';

const views = ['draft', 'target', 'live', 'diff'] as const;
type View = (typeof views)[number];

/** A document whole: your draft in an editor, the target and what instances hold beside it, never mixed. */
export function DocumentValues({ content }: { readonly content: DocumentContent }) {
  const t = useDeliveryText();
  const { namespace, live, draft, mayEdit } = useNamespace();
  const [view, setView] = useState<View>('draft');
  const language = codeLanguageOf(content.format);
  const target = namespace.target?.kind === 'document' ? namespace.target.text : undefined;
  const held = (live?.variants ?? []).filter((variant) => variant.content?.kind === 'document');
  return (
    <Section
      title={t.values.document}
      aside={
        <>
          {mayEdit.reason && <span>{mayEdit.reason}</span>}
          {content.format === 'json' && view === 'draft' && (
            <Action
              size="small"
              blocked={mayEdit.reason ?? (isJson(content.text) ? undefined : t.values.notFormattable)}
              onClick={() => draft.edit({ ...content, text: formatted(content.text) })}
            >
              {t.values.format}
            </Action>
          )}
          <Segmented
            size="small"
            aria-label={t.values.view}
            value={view}
            onChange={setView}
            options={views.map((each) => ({ value: each, label: t.values.views[each] }))}
          />
        </>
      }
    >
      {draft.save.is === 'failed' && draft.save.problem.code !== 'base_moved' && (
        <div style={{ marginBottom: 10 }}>
          <ProblemBox error={draft.save.problem} retry={() => void draft.settle().catch(() => undefined)} />
        </div>
      )}
      {view === 'draft' && (
        <CodeEditor
          value={content.text}
          language={language}
          label={t.values.draft}
          marks={marksOf(draft.save)}
          minHeight={320}
          {...(mayEdit.allowed && { onChange: (text: string) => draft.edit({ ...content, text }) })}
        />
      )}
      {view === 'target' &&
        (target === undefined ? (
          <Empty title={t.namespaces.neverReleased} />
        ) : (
          <CodeEditor value={target} language={language} label={t.values.target} minHeight={320} />
        ))}
      {view === 'live' &&
        (held.length === 0 ? (
          <Empty title={live ? t.values.nobodyHolds : t.values.unknown} />
        ) : (
          <Stack>
            {held.map((variant) => (
              <Stack key={variant.digest} gap={6}>
                <Notice tone={variant.isTarget ? 'ok' : 'warn'}>
                  {t.values.heldBy(variant.instanceCount)}
                </Notice>
                <CodeEditor value={textOf(variant.content)} language={language} label={t.values.live} />
              </Stack>
            ))}
          </Stack>
        ))}
      {view === 'diff' && (
        <CodeDiff before={target ?? ''} after={content.text} language={language} label={t.diff.label} />
      )}
    </Section>
  );
}

const textOf = (content: Content | undefined): string => (content?.kind === 'document' ? content.text : '');

/** Where the server says that the text is broken. */
function marksOf(save: DraftEditing['save']): readonly CodeMark[] {
  if (save.is !== 'failed') return [];
  const { line, column } = save.problem.details;
  if (typeof line !== 'number' || typeof column !== 'number') return [];
  return [{ line, column, message: save.problem.message }];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const formatted = (text: string): string => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
