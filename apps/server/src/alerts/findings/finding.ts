import type { AlertCondition, ErrorText } from '@sluice/core';
import type { Alert } from '@sluice/protocol';

/** That a condition holds now, as one node sees it. */
export interface Finding {
  readonly environment: string;
  /** '' for the whole environment. */
  readonly app: string;
  readonly condition: AlertCondition;
  /** Names it among those of its condition and app. */
  readonly subject: string;
  readonly link: Alert['link'];
  readonly text: ErrorText;
  /** A share, where the condition has a threshold: it holds only from there on. */
  readonly share?: number;
  /** Calls behind the share. */
  readonly calls?: number;
}

export const findingKey = (finding: Omit<Finding, 'link' | 'text'>): string =>
  [finding.environment, finding.app, finding.condition, finding.subject].join('\n');

/** A share as people read it. */
export const percent = (share: number): string => `${Math.round(share * 1000) / 10}`;
