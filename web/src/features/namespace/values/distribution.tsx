import type { LiveValues } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { shortDigest } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { AsCommand } from '../../../parts/as-command.tsx';
import { codeLanguageOf } from '../../../parts/code-language.ts';
import { Age } from '../../../ui/age.tsx';
import { CodeEditor } from '../../../ui/code/lazy.tsx';
import { LoadingRows } from '../../../ui/empty.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { ShareBar } from '../../../ui/share-bar.tsx';
import { SidePanel } from '../../../ui/side-panel.tsx';
import { Stack } from '../../../ui/stack.tsx';
import { useNamespace } from '../namespace-context.ts';
import { InstanceList } from './instance-list.tsx';

type Variant = LiveValues['variants'][number];

/** So many holders are named beside the bar. */
const namedAtMost = 2;

/**
 * The answer takes the place of the bar that stood for it, and a bar of shares is as tall: what lies below stays where
 * it is, also under a pointer that is being pressed.
 */
const asTallAsLoading = { display: 'flex', alignItems: 'center', minHeight: 44 } as const;

const nameOf = (variant: Variant): string => variant.digest ?? 'nothing';

interface Props {
  /** The variant whose holders are shown, by its digest. */
  readonly who: string | undefined;
  readonly show: (who: string | undefined) => void;
}

/** Which contents how many online instances hold right now, as they say themselves. */
export function Distribution({ who, show }: Props) {
  const t = useDeliveryText();
  const { live, namespace, place } = useNamespace();
  if (!live)
    return (
      <Section title={t.values.live}>
        <LoadingRows rows={1} label={t.common.loading} />
      </Section>
    );
  const picked = live.variants.find((variant) => nameOf(variant) === who);
  // What layers make may be, by chance, what an older release said.
  const isLayered = (variant: Variant): boolean =>
    variant.isTarget && variant.digest !== null && variant.release !== namespace.live?.number;
  const wordsFor = (variant: Variant): string =>
    variant.digest === null
      ? t.values.holdNothing
      : isLayered(variant)
        ? t.values.holdLayered
        : variant.release === undefined
          ? t.values.holdUnknown(shortDigest(variant.digest))
          : variant.isTarget
            ? t.values.holdTarget(variant.release)
            : t.values.holdOther(variant.release);
  // Contents that no release names are told apart by who holds them.
  const labelFor = (variant: Variant): string =>
    isLayered(variant) || (variant.release === undefined && variant.digest !== null)
      ? t.values.namely(wordsFor(variant), namesOf(variant))
      : wordsFor(variant);
  const namesOf = ({ instanceIds, instanceCount }: Variant): string => {
    const named = instanceIds.slice(0, instanceCount === namedAtMost + 1 ? undefined : namedAtMost);
    const more = instanceCount - named.length;
    return [...named, ...(more > 0 ? [t.values.andMore(more)] : [])].join(t.common.comma);
  };
  return (
    <Section
      title={t.values.liveTitle(live.online)}
      aside={
        <span>
          {t.values.asOf} <Age at={live.at} />
        </span>
      }
    >
      {live.variants.length === 0 ? (
        <div className="quiet" style={asTallAsLoading}>
          <span>
            {t.values.nobodyOnline}{' '}
            <Link to="/environments/$env/apps/$app/connect" params={{ env: place.env, app: place.app }}>
              {t.apps.connect}
            </Link>
          </span>
        </div>
      ) : (
        <ShareBar
          onPick={show}
          shares={live.variants.map((variant) => ({
            key: nameOf(variant),
            label: labelFor(variant),
            count: variant.instanceCount,
            tone: variant.isTarget
              ? isLayered(variant)
                ? 'busy'
                : 'ok'
              : variant.digest === null && !namespace.live
                ? 'idle'
                : 'warn',
          }))}
        />
      )}
      {picked && (
        <SidePanel title={t.values.whoHolds(picked.instanceCount)} open onClose={() => show(undefined)}>
          <Stack>
            <Notice tone={picked.isTarget ? 'ok' : 'warn'}>{wordsFor(picked)}</Notice>
            <InstanceList place={place} ids={picked.instanceIds} total={picked.instanceCount} />
            {picked.content && (
              <CodeEditor
                value={
                  picked.content.kind === 'document'
                    ? picked.content.text
                    : JSON.stringify(picked.content.items, null, 2)
                }
                language={picked.content.kind === 'document' ? codeLanguageOf(picked.content.format) : 'json'}
                label={t.values.heldContent}
              />
            )}
            <AsCommand line={['sluice', 'get', place.app, place.ns, '--distribution', '--env', place.env]} />
          </Stack>
        </SidePanel>
      )}
    </Section>
  );
}
