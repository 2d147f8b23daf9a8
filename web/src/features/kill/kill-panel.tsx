import { type BodyInputOf, contracts, type KillSwitchState } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useText } from '../../lib/i18n/language.ts';
import { patchKill } from '../../lib/live/patch-kill.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, read } from '../../lib/transport.ts';
import { AsCommand } from '../../parts/as-command.tsx';
import { words } from '../../parts/command-line.ts';
import { Field } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { type KillToggle, killToggles, useKill } from './kill-state.ts';
import { KillToggleRow } from './kill-toggle-row.tsx';
import { TurnedSwitches } from './turned-switches.tsx';

interface Props {
  readonly environment: string;
  /** '': the whole environment. */
  readonly app: string;
  readonly onClose: () => void;
}

type Turn = Omit<BodyInputOf<typeof contracts.setKill>, 'app' | 'reason'>;

/** The three toggles, for an environment or one app: one press each, on every instance at once, undone the same way. */
export function KillPanel({ environment, app: first, onClose }: Props) {
  const t = useText();
  const client = useQueryClient();
  const [app, setApp] = useState(first);
  const [reason, setReason] = useState('');
  const kill = useKill(environment);
  const apps = useQuery(read(contracts.listAppsOf, { params: { env: environment } }));
  const may = useMay('kill:use', { environment, app: app === '' ? '*' : app });
  const turn = useMutation<KillSwitchState, Problem, Turn>({
    mutationFn: (toggles) =>
      call(contracts.setKill, {
        params: { env: environment },
        body: { ...toggles, ...(app !== '' && { app }), reason: reason.trim() || t.kill.noReason },
      }),
    onSuccess: (state) => {
      setReason('');
      patchKill(client, environment, [state]);
    },
  });
  const online = (apps.data?.items ?? [])
    .filter((each) => app === '' || each.name === app)
    .reduce((sum, each) => sum + each.instancesOnline, 0);
  const pending = turn.isPending ? turn.variables : undefined;
  const press = (toggle: KillToggle, on: boolean): void => turn.mutate({ [toggle]: on });
  return (
    <SidePanel
      title={t.kill.title(environment)}
      open
      onClose={onClose}
      footer={
        <Row end>
          <Button onClick={onClose}>{t.common.close}</Button>
        </Row>
      }
    >
      <Loaded of={kill}>
        {({ items }) => {
          const whole = items.find((each) => each.app === undefined);
          const state = app === '' ? whole : items.find((each) => each.app === app);
          const isOn = killToggles.some((each) => state?.[each]);
          return (
            <Stack gap={14}>
              <p className="quiet">{t.kill.intro}</p>
              {turn.isError && <ProblemBox error={turn.error} />}
              <Field label={t.kill.scope}>
                {({ id }) => (
                  <Select
                    id={id}
                    value={app}
                    onChange={(next: string) => {
                      setApp(next);
                      turn.reset();
                    }}
                    options={[
                      { value: '', label: t.kill.whole(environment) },
                      ...(apps.data?.items ?? []).map((each) => ({
                        value: each.name,
                        label: t.kill.onlyApp(each.name),
                      })),
                    ]}
                  />
                )}
              </Field>
              <Field label={t.kill.reason} hint={t.kill.reasonHint}>
                {(ids) => (
                  <Row>
                    <Input
                      {...ids}
                      style={{ flex: 1 }}
                      maxLength={2000}
                      value={reason}
                      onChange={(event) => setReason(event.target.value)}
                    />
                    {isOn && state && reason.trim() !== '' && (
                      <Button
                        onClick={() =>
                          turn.mutate(Object.fromEntries(killToggles.map((each) => [each, state[each]])))
                        }
                      >
                        {t.kill.tell}
                      </Button>
                    )}
                  </Row>
                )}
              </Field>
              {killToggles.map((toggle, i) => (
                <KillToggleRow
                  key={toggle}
                  toggle={toggle}
                  state={state}
                  byWholeToo={app !== '' && whole?.[toggle] === true}
                  online={state?.instances ?? online}
                  blocked={may.reason}
                  loading={pending?.[toggle] !== undefined}
                  first={i === 0}
                  press={press}
                />
              ))}
              {online === 0 && apps.data && <Notice tone="idle">{t.kill.nobody}</Notice>}
              <TurnedSwitches environment={environment} items={items} />
              <AsCommand
                line={[['--freeze', '--monitor', '--end-faults'], ['--undo']]
                  .map((flags) =>
                    words([
                      ...['sluice', 'kill', ...flags, '--env', environment],
                      ...(app === '' ? [] : ['--app', app]),
                      ...['--reason', reason || t.kill.noReason],
                    ]),
                  )
                  .join('\n')}
              />
            </Stack>
          );
        }}
      </Loaded>
    </SidePanel>
  );
}
