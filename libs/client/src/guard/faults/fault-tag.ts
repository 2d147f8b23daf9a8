import type { CallContext } from '../call-options.ts';

/** Nested calls see the fault of the call that they are made for under this tag, and so does whatever the app logs. */
export const faultTag = 'sluice.fault';

/** What calls inherit that are made for a call: what is known of its caller, and that a fault was injected into it. */
export const inherited = (caller: CallContext | undefined, fault: string | undefined): CallContext =>
  fault === undefined ? { ...caller } : { ...caller, tags: { ...caller?.tags, [faultTag]: fault } };
