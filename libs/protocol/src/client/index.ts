export { buildRequest } from '../http/call.ts';
export { getBody, getSnapshot } from '../http/client.ts';
export { oldestProtocolVersion, protocolVersion } from '../version.ts';
export {
  type Ack,
  type AckNamespace,
  ack,
  ackNamespace,
  type ClientToServer,
  clientNamespace,
  type Heartbeat,
  type Hello,
  heartbeat,
  hello,
  type LinkAuth,
  linkAuth,
  type Probe,
  probe,
  type Refused,
  refused,
  type ServerToClient,
  type State,
  type Sync,
  state,
  sync,
} from './frames.ts';
export {
  type Snapshot,
  snapshot,
  type WireLayer,
  type WireNamespace,
  wireLayer,
  wireNamespace,
} from './snapshot.ts';
