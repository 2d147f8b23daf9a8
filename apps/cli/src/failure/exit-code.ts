/** What a script can rely on. */
export const exitCode = {
  ok: 0,
  /** It failed; for `diff`: the two differ. */
  failure: 1,
  usage: 2,
  /** Released, but not every instance holds it. */
  partlyApplied: 3,
  notAllowed: 4,
  /** Somebody else was faster, or the thing is in another state. */
  conflict: 5,
  guardrail: 6,
  timeout: 7,
  unreachable: 8,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The exit code for a refusal of the server. */
export function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCode.notAllowed;
  if (status === 409 || status === 412) return exitCode.conflict;
  if (status === 502 || status === 503 || status === 504) return exitCode.unreachable;
  return exitCode.failure;
}
