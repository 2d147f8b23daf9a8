import type { Policy, PolicySetting } from '@sluice/scripts';

type Adjust = (ruleId: string, value: number | undefined) => void;

/**
 * What policies set now, and the rules told of it. Where several set the same rule, the one whose id comes last counts.
 * A policy that has failed and is to block lets nothing through the limits that it had set.
 */
export class PolicySettingsInForce {
  readonly #adjust: Adjust;
  readonly #values = new Map<string, ReadonlyMap<string, number>>();
  #told: ReadonlySet<string> = new Set();

  constructor(adjust: Adjust) {
    this.#adjust = adjust;
  }

  /** Undefined: it sets nothing now. */
  set(policyId: string, policy: Pick<Policy, 'settings' | 'blocks'> | undefined): void {
    const before = this.#values.get(policyId);
    if (!policy) this.#values.delete(policyId);
    else if (policy.blocks)
      this.#values.set(policyId, new Map([...(before?.keys() ?? [])].map((id) => [id, 0])));
    else this.#values.set(policyId, valuesOf(policyId, policy.settings));
    this.again();
  }

  forget(policyId: string): void {
    if (this.#values.delete(policyId)) this.again();
  }

  clear(): void {
    this.#values.clear();
    this.again();
  }

  /** Tells all of it once more: rules that are new don't know yet. */
  again(): void {
    const all = new Map<string, number>();
    for (const policyId of [...this.#values.keys()].sort())
      for (const [ruleId, value] of this.#values.get(policyId)!) all.set(ruleId, value);
    for (const ruleId of this.#told) if (!all.has(ruleId)) this.#adjust(ruleId, undefined);
    for (const [ruleId, value] of all) this.#adjust(ruleId, value);
    this.#told = new Set(all.keys());
  }
}

/** By `namespace/key`; a key alone is of the policy's own namespace. */
function valuesOf(policyId: string, settings: Policy['settings']): ReadonlyMap<string, number> {
  const namespace = policyId.slice(0, policyId.indexOf('/') + 1);
  return new Map(
    Object.entries(settings).map(([id, setting]) => [
      id.includes('/') ? id : `${namespace}${id}`,
      numberOf(setting),
    ]),
  );
}

function numberOf(setting: PolicySetting): number {
  if ('limit' in setting) return setting.limit;
  return 'max' in setting ? setting.max : setting.threshold;
}
