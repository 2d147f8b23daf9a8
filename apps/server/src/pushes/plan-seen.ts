import type { ErrorText, PushPlan } from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import { type Caller, may } from '../http/caller.ts';
import { hiddenMisfit } from '../releases/linker-fit.ts';

/** A plan as somebody may see it: of apps that he may not read, only how many instances it is. */
export function planSeenBy(caller: Caller, environment: string, plan: PushPlanBody): PushPlanBody {
  return shown(plan, (app) => may(caller, 'config:read', { environment, app }));
}

/** The apps whose instances it changes by links, for the audit. */
export function linkedAppsIn({ targets }: Pick<PushPlan, 'targets'>): {
  readonly linkedApps?: readonly string[];
} {
  const apps = new Set(targets.flatMap(({ app }) => app ?? []));
  return apps.size > 0 ? { linkedApps: [...apps].sort() } : {};
}

/** What a plan says of the app whose push it is. */
export const ownPart = (plan: PushPlanBody): PushPlanBody => shown(plan, () => false);

function shown(plan: PushPlanBody, isShown: (app: string) => boolean): PushPlanBody {
  const isSeen = ({ app }: { readonly app?: string | undefined }): boolean =>
    app === undefined || isShown(app);
  const hidden = plan.targets.filter((target) => !isSeen(target));
  const unmoved = plan.unmoved.filter(isSeen);
  const warnings = plan.warnings.filter(isSeen);
  const untold = plan.warnings.length - warnings.length;
  if (hidden.length === 0 && unmoved.length === plan.unmoved.length && untold === 0) return plan;
  const theirs = new Set(hidden.map(({ variant }) => variant));
  const apps = new Set(hidden.map(({ app }) => app)).size;
  return {
    ...plan,
    targets: plan.targets.filter(isSeen),
    unmoved,
    variants: plan.variants.map((each, index) => (theirs.has(index) ? { ...each, namespaces: [] } : each)),
    warnings: [
      ...warnings,
      ...(untold > 0 ? [hiddenMisfit] : []),
      ...(hidden.length > 0 ? [others(hidden.length, apps)] : []),
    ],
  };
}

const others = (instances: number, apps: number): ErrorText => ({
  en: `it also changes ${instances} instances of ${apps} other apps that link what it releases; you may not see them`,
  zh: `它还会改变链接了所发布内容的 ${apps} 个其他应用的 ${instances} 个实例；你无权查看它们`,
});
