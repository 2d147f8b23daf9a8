import { KeyRoom } from '../limiting/key-room.ts';
import type { LimitRule } from '../model/limit-rule.ts';
import type { RuleSet } from './compile.ts';
import { mostKeysOf, signatureOf } from './limit-state.ts';

/** The room that the keys of each rule share at all resources, by the rule's id. */
export class KeyRooms {
  readonly #rooms = new Map<string, { readonly signature: string; readonly room: KeyRoom }>();

  /** That of a rule. One that counts something else than before begins anew, as its counts do. */
  of(id: string, rule: LimitRule): KeyRoom {
    const signature = signatureOf(rule);
    const known = this.#rooms.get(id);
    if (known?.signature === signature) return known.room;
    const room = new KeyRoom(mostKeysOf(rule));
    this.#rooms.set(id, { signature, room });
    return room;
  }

  /** Goes on under other rules: forgets what belonged to those that are gone or count something else. */
  follow({ byId }: RuleSet): void {
    for (const [id, { signature, room }] of this.#rooms) {
      const rule = byId.get(id)?.rule;
      if (rule?.kind === 'limit' && signatureOf(rule) === signature) room.resize(mostKeysOf(rule));
      else this.#rooms.delete(id);
    }
  }
}
