/** Who a layer is for. */
export type Selector =
  | { readonly who: 'everyone' }
  | { readonly who: 'instances'; readonly ids: readonly string[] }
  | { readonly who: 'labels'; readonly all: readonly LabelTerm[] };

/** One condition on one label: `zone in (a,b)`, `version=2.3` is `in` with one value, and their opposites. */
export interface LabelTerm {
  readonly label: string;
  readonly op: 'in' | 'notIn' | 'exists' | 'absent';
  readonly values?: readonly string[];
}

export interface Selectable {
  readonly instanceId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a selector picks this instance. All terms of a label selector must hold. */
export function selects(selector: Selector, instance: Selectable): boolean {
  switch (selector.who) {
    case 'everyone':
      return true;
    case 'instances':
      return selector.ids.includes(instance.instanceId);
    case 'labels':
      return selector.all.every((term) => holds(term, instance.labels));
  }
}

function holds(term: LabelTerm, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, term.label) ? labels[term.label] : undefined;
  switch (term.op) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && (term.values ?? []).includes(value);
    case 'notIn':
      return value === undefined || !(term.values ?? []).includes(value);
  }
}
