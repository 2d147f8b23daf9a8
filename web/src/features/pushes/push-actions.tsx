import { contracts, type Push } from '@sluice/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { type DeliveryTexts, useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf } from '../../lib/transport.ts';
import { ActPanel, actCall } from '../../parts/act-panel.tsx';
import { troubledStates } from '../../parts/apply-state.ts';
import { EmergencyField } from '../../parts/emergency-field.tsx';
import { PlannedActPanel } from '../../parts/planned-act-panel.tsx';
import { type Act, actsOf } from '../../parts/push-acts.ts';
import { releaseOf } from '../../parts/push-words.ts';
import { Action } from '../../ui/action.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { PromotePanel } from './promote-panel.tsx';
import { RollBackRelease } from './roll-back-release.tsx';

/** What can be done with this push now. Pausing needs no second look: nothing of any instance changes by it. */
export function PushActions({ push }: { readonly push: Push }) {
  const t = useDeliveryText();
  const client = useQueryClient();
  const [open, setOpen] = useState<Act>();
  const may = useMay('config:publish', { environment: push.environment, app: push.app });
  const hold = useMutation<Push, Problem, 'pausePush' | 'resumePush'>({
    mutationFn: (operation) => actCall(contracts[operation], push)(''),
    onSuccess: (after) => {
      const params = { env: push.environment, app: push.app, push: push.id };
      client.setQueryData(keyOf(contracts.getPush, { params }), after);
    },
  });
  const acts = actsOf(push);
  const release = releaseOf(push);
  const main = acts.includes('advance') ? 'advance' : 'promote';
  const openPanel = (act: Act) => (
    <Action
      key={act}
      danger={act === 'abandon' || act === 'rollback'}
      type={act === main ? 'primary' : 'default'}
      blocked={may.reason ?? (act === 'advance' && push.state === 'paused' ? t.act.pausedNow : undefined)}
      onClick={() => setOpen(act)}
    >
      {wordOf(act, push, t)}
    </Action>
  );
  return (
    <>
      {hold.isError && <ProblemBox error={hold.error} />}
      {acts.map((act) => {
        if (act === 'pause' || act === 'resume')
          return (
            <Action
              key={act}
              blocked={may.reason}
              loading={hold.isPending}
              onClick={() => hold.mutate(`${act}Push`)}
            >
              {t.act[act]}
            </Action>
          );
        if (act === 'rollback' && release !== undefined)
          return <RollBackRelease key={act} push={push} release={release} />;
        return openPanel(act);
      })}
      {push.state === 'promoted' && release !== undefined && (
        <RollBackRelease push={push} release={release} />
      )}
      {open && <Panel act={open} push={push} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function wordOf(act: Act, push: Push, t: DeliveryTexts): string {
  if (act === 'rollback') return t.act.rollbackSeveral;
  return act === 'abandon' && push.state === 'planned' ? t.act.withdraw : t.act[act];
}

interface PanelProps {
  readonly act: Act;
  readonly push: Push;
  readonly onClose: () => void;
}

function Panel({ act, push, onClose }: PanelProps) {
  const t = useDeliveryText();
  const navigate = useNavigate();
  const shared = { push, onClose };
  const params = { env: push.environment, app: push.app, push: push.id };
  const [emergency, setEmergency] = useState('');
  switch (act) {
    case 'promote':
      return <PromotePanel {...shared} />;
    case 'advance':
      return <AdvancePanel {...shared} />;
    case 'repush':
      return (
        <ActPanel
          {...shared}
          word="repush"
          title={t.act.repushTitle}
          text={t.act.repushText}
          whoTitle={t.act.repushWho}
          who={(targets) =>
            [...targets].filter(([, state]) => troubledStates.has(state as never)).map(([id]) => id)
          }
          button={t.act.repushButton}
          run={actCall(contracts.repushPush, push)}
        />
      );
    case 'rollback':
      return (
        <PlannedActPanel
          {...shared}
          danger
          asked={{ act: 'rollback' }}
          options={() => (emergency.trim() === '' ? [] : ['--emergency', emergency])}
          title={t.act.rollbackTitle}
          text={t.act.rollbackText}
          button={t.act.rollbackButton}
          run={(message, plan) =>
            call(contracts.rollbackPush, {
              params,
              body: { message, plan, ...(emergency.trim() !== '' && { emergency }) },
            })
          }
          refused={(problem) =>
            problem.code === 'frozen' && <EmergencyField value={emergency} onChange={setEmergency} />
          }
          onDone={(after) =>
            void navigate({
              to: '/environments/$env/apps/$app/pushes/$push',
              params: { env: push.environment, app: push.app, push: after.id },
            })
          }
        />
      );
    default:
      if (push.state === 'planned')
        return (
          <ActPanel
            {...shared}
            word="abandon"
            danger
            title={t.act.withdrawTitle}
            text={t.act.withdrawText}
            whoTitle={t.act.abandonWho}
            who={() => []}
            button={() => t.act.withdrawButton}
            run={actCall(contracts.abandonPush, push)}
          />
        );
      return (
        <PlannedActPanel
          {...shared}
          danger
          asked={{ act: 'abandon' }}
          title={t.act.abandonTitle}
          text={t.act.abandonText}
          button={t.act.abandonButton}
          run={(message, plan) => call(contracts.abandonPush, { params, body: { message, plan } })}
        />
      );
  }
}

/** The next step reaches more of those that don't have it: exactly these, by the seed of the push. */
function AdvancePanel({ push, onClose }: Omit<PanelProps, 'act'>) {
  const t = useDeliveryText();
  const { step, target } = push;
  if (!step || target.mode !== 'gray' || target.audience.by !== 'percent') return null;
  const [now, next] = [target.audience.steps[step.index]!, target.audience.steps[step.index + 1]!];
  const reach =
    next >= 100 ? t.act.advanceEverybody : t.act.advanceText(t.track.share(now), t.track.share(next));
  return (
    <PlannedActPanel
      push={push}
      asked={{ act: 'advance', step: step.index }}
      options={() => ['--from', String(step.index + 1)]}
      title={t.act.advanceTitle(step.index + 1, step.of)}
      text={reach}
      button={(n) => t.act.advanceButton(t.track.share(next), n)}
      run={(message, plan, despite) =>
        call(contracts.advancePush, {
          params: { env: push.environment, app: push.app, push: push.id },
          body: { step: step.index, plan, message, ...despite },
        })
      }
      onClose={onClose}
    />
  );
}
