import {
  type Agent,
  type AgentOptions,
  globalAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { unheldAgent } from './unheld-agent.ts';

/**
 * Asks over a connection that never keeps the process alive, which `fetch` would: it shows nobody its connections.
 * Follows nothing. Rejects when there is no answer, or `stop` is told before there is one; told later, what reads the
 * answer fails.
 */
export function unheldGet(
  url: string,
  headers: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<IncomingMessage> {
  const { protocol } = new URL(url);
  const request = protocol === 'https:' ? httpsRequest : httpRequest;
  // What the process was told of proxies (`NODE_USE_ENV_PROXY`), where Node knows them.
  const { proxyEnv } = (globalAgent as Agent & { readonly options: AgentOptions }).options;
  const agent = unheldAgent(protocol, proxyEnv && { proxyEnv });
  return new Promise((resolve, reject) => {
    const question = request(url, { agent, headers, signal: stop }, resolve);
    question.on('error', reject);
    question.end();
  });
}
