import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { GuardFleetOrder, GuardFleetTask, Moments } from './guard-fleet-program.ts';

const program = join(import.meta.dirname, 'guard-fleet-program.ts');

/** One process with real clients in it. */
class Member {
  readonly #child: ChildProcess;
  readonly states: readonly string[];
  readonly #answers = new Map<number, (said: unknown) => void>();
  #asked = 0;

  constructor(child: ChildProcess, states: readonly string[]) {
    this.#child = child;
    this.states = states;
    child.on('message', ({ ask, said }: { ask: number; said: unknown }) => {
      this.#answers.get(ask)?.(said);
      this.#answers.delete(ask);
    });
  }

  ask(task: GuardFleetTask): Promise<unknown> {
    const ask = ++this.#asked;
    return new Promise((resolve) => {
      this.#answers.set(ask, resolve);
      this.#child.send({ ask, task });
    });
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** The steady clock of the machine in milliseconds: the same for every process on it. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A fleet of real clients, as many to a process as there is room for. */
export class GuardFleet {
  readonly members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.members = members;
  }

  /** One process for each list of ids; two start at a time. Resolves when every client has said how it starts. */
  static async start(
    order: Omit<GuardFleetOrder, 'ids'>,
    idsOfProcesses: readonly (readonly string[])[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<GuardFleet> {
    const members: Member[] = [];
    for (let first = 0; first < idsOfProcesses.length; first += 2)
      members.push(
        ...(await Promise.all(
          idsOfProcesses.slice(first, first + 2).map((ids) => startMember({ ...order, ids }, env)),
        )),
      );
    return new GuardFleet(members);
  }

  get states(): string[] {
    return this.members.flatMap(({ states }) => states);
  }

  /** What all processes answer, in one record by instance. */
  async ask<T = number>(task: GuardFleetTask): Promise<Record<string, T>> {
    const all = await Promise.all(this.members.map((member) => member.ask(task)));
    return Object.assign({}, ...all) as Record<string, T>;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
  }
}

async function startMember(order: GuardFleetOrder, env: Readonly<Record<string, string>>): Promise<Member> {
  const child = fork(program, [JSON.stringify(order)], {
    execArgv: ['--conditions=sluice-source', '--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH, ...env },
  });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the fleet ended with ${code}`);
  });
  const [{ ready }] = (await Promise.race([once(child, 'message'), gone])) as [{ ready: string[] }];
  gone.catch(() => undefined);
  return new Member(child, ready);
}

/** So many names, in so many lists. */
export function namesOf(count: number, lists: number): string[][] {
  const names = Array.from({ length: count }, (_, n) => `i${String(n).padStart(4, '0')}`);
  const each = Math.ceil(count / lists);
  return Array.from({ length: lists }, (_, n) => names.slice(n * each, (n + 1) * each));
}

/** How long after `sinceMs` each was so, shortest first; throws with the names of those that never were. */
export function delaysOf(found: Readonly<Moments>, sinceMs: number): number[] {
  const never = Object.keys(found).filter((id) => found[id] === null);
  if (never.length > 0) throw new Error(`never: ${never.slice(0, 10).join(', ')} (${never.length} in all)`);
  return Object.values(found)
    .map((atMs) => atMs! - sinceMs)
    .sort((a, b) => a - b);
}

/** Figures for whoever reads the output of a long run. */
export function figures(what: string, delays: readonly number[]): void {
  const at = (share: number): string =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]!.toFixed(0);
  process.stderr.write(
    `${what}: ${delays.length} instances, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, last ${at(1)} ms\n`,
  );
}
