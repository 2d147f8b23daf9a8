import { z } from 'zod';
import { contract } from './contract.ts';
import { none, noParams, noQuery } from './request-parts.ts';

const plain = {
  method: 'GET',
  access: 'public',
  params: noParams,
  query: noQuery,
  body: none,
  status: 200,
} as const;

export const health = contract({
  ...plain,
  id: 'health',
  summary: 'The process is alive',
  path: '/healthz',
  response: z.object({ status: z.literal('ok') }),
});

export const readiness = contract({
  ...plain,
  id: 'readiness',
  summary: 'The process can take writes; 503 while the database cannot be reached',
  path: '/readyz',
  response: z.object({ status: z.literal('ok') }),
  errors: ['unavailable'],
});

export const metrics = contract({
  ...plain,
  id: 'metrics',
  summary: 'Prometheus metrics: from this machine, or with an API token',
  path: '/metrics',
  response: z.string(),
});
