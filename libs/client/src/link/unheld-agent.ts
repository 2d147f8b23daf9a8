import { Agent, type AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

/**
 * Makes connections that never keep the process alive, not even while they come about: a server that takes them and
 * says nothing would hold a program that is through for seconds, time and again.
 */
export function unheldAgent(protocol: string, options?: AgentOptions): Agent {
  const agent = protocol === 'https:' ? new SecureAgent(options) : new Agent(options);
  const connect = agent.createConnection;
  agent.createConnection = (...how: Parameters<typeof connect>) => {
    const socket = connect.apply(agent, how);
    if (socket && 'unref' in socket && typeof socket.unref === 'function') socket.unref();
    return socket;
  };
  return agent;
}
