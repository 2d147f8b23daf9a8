import { applyPatch, type Content, diffContent, emptyContent, type Json } from '@sluice/core';
import { contracts, type NamespaceDetail, type Released } from '@sluice/protocol';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { publishCommand } from '../command-line.ts';
import { ReleasePanel } from '../release-panel.tsx';
import { keysIn, useLayers } from '../use-layers.ts';
import type { RuleDraft } from './rule-value.ts';

interface Props {
  readonly place: { readonly env: string; readonly app: string };
  /** Where the rule lies; a name alone is a namespace that is made first. */
  readonly namespace: NamespaceDetail | string;
  readonly ruleId: string;
  readonly rule: RuleDraft;
  readonly title: string;
  readonly diffTitle: string;
  readonly buttonText: (online: number) => string;
  readonly defaultMessage: string;
  readonly blocked?: string | undefined;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

const emptyRules = emptyContent('rules', undefined);

/** One rule to everyone, by the road of every release; or into the draft and on to the wizard, for some first. */
export function RuleRelease({ place, namespace, ruleId, rule, ...props }: Props) {
  const t = useDeliveryText();
  const g = useGuardText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [problem, setProblem] = useState<Problem>();
  const ns = typeof namespace === 'string' ? namespace : namespace.name;
  const target = (typeof namespace === 'string' ? undefined : namespace.target) ?? emptyRules;
  const params = { ...place, ns };
  // What a layer decides does not change for those whom it reaches: then the exact list is needed.
  const isOwned = useLayers(params).some((push) => keysIn(push, ns).includes(ruleId));
  const entry = { set: { [ruleId]: rule as Json }, remove: [] };
  const diff = diffContent(target, applyPatch(target, entry));

  /** The ETag of the namespace, which is made when it isn't there. */
  const etagOf = async (): Promise<string> => {
    if (typeof namespace !== 'string') return namespace.etag;
    const known = await call(contracts.getNamespace, { params }).catch((error: unknown) => {
      if (asProblem(error).status === 404) return undefined;
      throw error;
    });
    const made =
      known ?? (await call(contracts.createNamespace, { params: place, body: { name: ns, kind: 'rules' } }));
    void client.invalidateQueries({ queryKey: [contracts.listNamespaces.id] });
    return made.etag;
  };
  const release = async (message: string, idempotencyKey: string): Promise<Released> => {
    const released = await call(contracts.publish, {
      params,
      body: { changes: entry, message: message || props.defaultMessage },
      ifMatch: await etagOf(),
      idempotencyKey,
    });
    void client.invalidateQueries({ queryKey: keyOf(contracts.getNamespace, { params }) });
    return released;
  };
  const toWizard = async (mode: 'gray' | 'global'): Promise<void> => {
    try {
      const etag = await etagOf();
      const { draft } = await call(contracts.getDraft, { params });
      const content: Content = applyPatch(draft?.content ?? target, entry);
      await call(contracts.saveDraft, { params, body: { content }, ifMatch: draft?.etag ?? etag });
      await client.invalidateQueries({ queryKey: keyOf(contracts.getDraft, { params }) });
      await navigate({
        to: '/environments/$env/apps/$app/publish',
        params: place,
        search: { ns, step: 'target', mode },
      });
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <ReleasePanel
      place={params}
      kind="rules"
      title={props.title}
      diffTitle={props.diffTitle}
      diff={diff}
      buttonText={props.buttonText}
      askForName
      command={(message) => publishCommand(params, 'rules', diff, message || props.defaultMessage)}
      release={release}
      blocked={props.blocked ?? (isOwned ? t.publish.ownValues : undefined)}
      target={
        <Stack gap={14}>
          <div
            tabIndex={-1}
            data-first-focus
            style={{ display: 'grid', gap: 14, minWidth: 0, outline: 'none' }}
          >
            {props.children}
          </div>
          {problem && <ProblemBox error={problem} />}
          {isOwned && (
            <Notice
              tone="warn"
              action={
                <Button size="small" type="primary" onClick={() => void toWizard('global')}>
                  {t.publish.seeExactly}
                </Button>
              }
            >
              {t.publish.ownValues}
            </Notice>
          )}
          {props.blocked === undefined && (
            <div>
              <Button onClick={() => void toWizard('gray')}>{g.protect.gray}</Button>
            </div>
          )}
        </Stack>
      }
      onClose={props.onClose}
    />
  );
}
