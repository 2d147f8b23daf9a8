import type { ErrorParams, ErrorText } from '../errors/error-code.ts';
import { type Refusal, refuse } from '../errors/refusal.ts';
import type { Content, ItemsPatch, NamespaceKind } from '../model/content.ts';
import type { AimedLayer, Audience } from './audience.ts';
import type { ThreeWayEntry } from './diff.ts';
import type { LayerClash, MergeChoice } from './gray-conflict.ts';
import type { LabelTerm } from './select.ts';

/** A namespace with all its layers and those whom they are for. */
export interface AimedNamespace {
  readonly name: string;
  readonly kind: NamespaceKind;
  /** The id that its global layer has, or gets with the first global push. */
  readonly globalId: string;
  readonly layers: readonly AimedLayer[];
  /** What it links, weakest first: global layers with an `order` below 0. They come with its own global layer. */
  readonly linked?: readonly AimedLayer[];
}

/** What a push changes in one namespace: some keys, or the whole. A document is always pushed whole. */
export type Change = { readonly namespace: string } & (
  | { readonly patch: ItemsPatch }
  | { readonly content: Content }
);

/** A change for some instances. A layer that has this id already is replaced, as a group's next push does. */
export type AimedChange = Change & { readonly layerId: string };

interface Proposed {
  readonly pushId: string;
  /** The revision that it would take: the present one and 1. */
  readonly revision: number;
}

/** A change for everyone, or an old content for everyone again. `grays` settles what grays on the same keys do. */
export interface GlobalProposal extends Proposed {
  readonly act: 'push' | 'rollback';
  readonly mode: 'global';
  readonly changes: readonly Change[];
  /** `keep`: a gray on the same keys goes on and wins in its cohort. `supersede`: its push is ended in the same revision. */
  readonly grays?: 'keep' | 'supersede';
}

/** A change for one instance, for those of a cohort, or for a group. */
export type AimedProposal = Proposed & {
  readonly act: 'push';
  readonly changes: readonly AimedChange[];
  /** Orders layers of one kind; the higher wins. 0 unless said otherwise. */
  readonly order?: number;
  readonly expiresInMs?: number;
} & (
    | { readonly mode: 'single'; readonly instanceId: string }
    | { readonly mode: 'group'; readonly all: readonly LabelTerm[] }
    | { readonly mode: 'gray'; readonly audience: Audience }
  );

/** What becomes of a gray: other instances, everyone, or nobody. */
export type GrayProposal = Proposed &
  (
    | { readonly act: 'step'; readonly audience: Audience }
    | { readonly act: 'abandon' }
    | {
        readonly act: 'promote';
        /** What was global, by namespace, when the gray began. */
        readonly started: Readonly<Record<string, Content | undefined>>;
        /** By namespace and key; a document has the key `''`. */
        readonly choices?: Readonly<Record<string, Readonly<Record<string, MergeChoice>>>>;
        /** Goes on although a group has one of the keys, so that members in that group fall back to its value. */
        readonly groupsWin?: boolean;
      }
  );

export type Proposal = GlobalProposal | AimedProposal | GrayProposal;

const texts = {
  unknown_namespace: {
    en: 'There is no namespace {namespace} here. Nothing was changed. Check its name.',
    zh: '这里没有命名空间 {namespace}。没有任何更改。请检查名称。',
  },
  named_twice: {
    en: 'Namespace {namespace} is named twice. Nothing was changed. Put what changes in it into one change.',
    zh: '命名空间 {namespace} 出现了两次。没有任何更改。请把对它的修改合并为一项。',
  },
  wrong_kind: {
    en: "Namespace {namespace} is a {kind} and can't hold what was sent. Nothing was changed. A document is pushed whole; a layer for some instances of any other kind is a patch.",
    zh: '命名空间 {namespace} 的类型是 {kind}，无法保存所提交的内容。没有任何更改。文档须整体推送；其他类型面向部分实例的层须为补丁。',
  },
  gray_clash: {
    en: "Push {push} is already in gray on {keys} of {namespace}, perhaps for the same instances. Nothing was changed. Promote or abandon it first, or choose instances that it can't reach.",
    zh: '推送 {push} 正在灰度 {namespace} 的 {keys}，可能涉及相同的实例。没有任何更改。请先全量或放弃它，或选择它不会涉及的实例。',
  },
  gray_running: {
    en: 'Push {push} is in gray on {keys} of {namespace}. Nothing was changed. Say whether its instances keep the gray value, or whether this change supersedes it.',
    zh: '推送 {push} 正在灰度 {namespace} 的 {keys}。没有任何更改。请选择让灰度实例保留灰度值，或由本次更改取代它。',
  },
  merge_conflict: {
    en: 'Since this gray began, {keys} of {namespace} was changed for everyone. Nothing was changed. Choose which value stays.',
    zh: '灰度开始后，{namespace} 的 {keys} 已被全局修改。没有任何更改。请选择保留哪个值。',
  },
  group_wins: {
    en: 'A group has {keys} of {namespace} too and wins over global, so some instances would lose the gray value. Nothing was changed. Change the group first, or confirm that it wins.',
    zh: '某个分组也设置了 {namespace} 的 {keys}，且优先于全局，部分实例将失去灰度值。没有任何更改。请先修改分组，或确认由分组生效。',
  },
  nothing_aimed: {
    en: 'Push {push} has no layer in force. Nothing was changed. It was promoted or abandoned, or its time is over.',
    zh: '推送 {push} 没有生效中的层。没有任何更改。它已全量、已放弃或已过期。',
  },
} as const satisfies Record<string, ErrorText>;

/** Why a proposal can't be carried out as it is, with all places and not only the first, which the text names. */
export interface ProposalRefusal extends Refusal<keyof typeof texts> {
  readonly clashes?: readonly LayerClash[];
  readonly conflicts?: readonly (ThreeWayEntry & { readonly namespace: string })[];
}

/** A refusal in words of both languages; the places that don't fit a sentence go into `more`. */
export function refuseProposal(
  code: keyof typeof texts,
  params: ErrorParams,
  more: Pick<ProposalRefusal, 'clashes' | 'conflicts'> = {},
): { readonly ok: false; readonly refusal: ProposalRefusal } {
  return { ok: false, refusal: { ...refuse(texts, code, params).refusal, ...more } };
}

/** The same, about layers that stand in the way; the text names the first. */
export function refuseClash(
  code: 'gray_clash' | 'gray_running' | 'group_wins',
  found: readonly LayerClash[],
): { readonly ok: false; readonly refusal: ProposalRefusal } {
  const { namespace, keys, pushId } = found[0]!;
  return refuseProposal(code, { namespace, push: pushId, keys: wordsOf(keys) }, { clashes: found });
}

/** Keys as a text names them; the one key of a document is its text. */
export function wordsOf(keys: readonly string[]): ErrorText {
  if (keys.includes('')) return { en: 'the text', zh: '全文' };
  const some = keys.slice(0, 3).join(', ');
  const more = keys.length - 3;
  return more > 0
    ? { en: `${some} and ${more} more`, zh: `${some} 等 ${keys.length} 个键` }
    : { en: some, zh: some };
}
