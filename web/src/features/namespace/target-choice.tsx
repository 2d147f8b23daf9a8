import type { Push } from '@sluice/protocol';
import { useNavigate } from '@tanstack/react-router';
import { Button, Radio } from 'antd';
import { useState } from 'react';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Stack } from '../../ui/stack.tsx';
import { useNamespace } from './namespace-context.ts';

const modes = ['global', 'gray', 'group', 'single'] as const;
type Mode = (typeof modes)[number];

/** Everyone, unless somebody else is chosen: that leads on to where members are chosen and shown by name. */
export function TargetChoice({ own }: { readonly own: readonly Push[] }) {
  const t = useDeliveryText();
  const navigate = useNavigate();
  const { place, namespace, draft } = useNamespace();
  const [going, setGoing] = useState<Mode>();
  const [problem, setProblem] = useState<Problem>();
  const widen = async (mode: Mode): Promise<void> => {
    setGoing(mode);
    try {
      await draft.settle();
      const { env, app, ns } = place;
      await navigate({
        to: '/environments/$env/apps/$app/publish',
        params: { env, app },
        search: { ns, step: 'target', mode },
      });
    } catch (error) {
      setProblem(asProblem(error));
      setGoing(undefined);
    }
  };
  return (
    <Stack gap={6}>
      <Radio.Group
        aria-label={t.wizard.mode}
        optionType="button"
        value={going ?? 'global'}
        onChange={(event) => {
          const mode = event.target.value as Mode;
          if (mode !== 'global') void widen(mode);
        }}
        options={modes.map((mode) => ({
          value: mode,
          label: mode === 'global' ? t.wizard.modes.global : `${t.wizard.modes[mode]} …`,
        }))}
      />
      {namespace.linkers > 0 && (
        <Notice
          tone="warn"
          action={
            <Button size="small" onClick={() => void widen('global')}>
              {t.publish.seeExactly}
            </Button>
          }
        >
          {t.links.reaches(namespace.linkers)}
        </Notice>
      )}
      {own.length > 0 && (
        <Notice
          tone="warn"
          action={
            <Button size="small" type="primary" onClick={() => void widen('global')}>
              {t.publish.seeExactly}
            </Button>
          }
        >
          {t.publish.ownValues}
        </Notice>
      )}
      {problem && <ProblemBox error={problem} />}
    </Stack>
  );
}
