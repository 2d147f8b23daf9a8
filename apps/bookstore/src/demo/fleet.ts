import type { FleetEntry } from './fleet-file.ts';
import type { FleetMember } from './fleet-plan.ts';
import { SupervisedProcess } from './supervised-process.ts';
import type { Texts } from './texts.ts';

/** For work that is under way. */
const graceMs = 3000;

/** The processes of the bookstore, running. */
export class Fleet {
  readonly members: readonly FleetMember[];
  readonly #processes = new Map<string, SupervisedProcess>();
  readonly #reportPorts = new Map<string, number>();
  readonly #onChange: () => void;

  constructor(
    members: readonly FleetMember[],
    texts: Texts,
    say: (line: string) => void,
    onChange: () => void,
  ) {
    this.members = members;
    this.#onChange = onChange;
    for (const plan of members) {
      const process = new SupervisedProcess(plan, {
        onMessage: (message) => this.#heard(plan, message),
        onCrash: (how, ms) => {
          this.#reportPorts.delete(plan.name);
          say(texts.ended(plan.name, how, ms));
        },
        onRestart: () => say(texts.back(plan.name)),
      });
      this.#processes.set(plan.name, process);
    }
  }

  start(): void {
    for (const process of this.#processes.values()) process.start();
  }

  /** Whether this process has opened its doors. */
  isOpen(name: string): boolean {
    return this.#reportPorts.has(name);
  }

  entries(): readonly FleetEntry[] {
    return this.members.map((plan) => {
      const reportPort = this.#reportPorts.get(plan.name);
      return {
        name: plan.name,
        app: plan.app,
        pid: this.#processes.get(plan.name)?.pid,
        reportUrl: reportPort === undefined ? undefined : `http://127.0.0.1:${reportPort}`,
        service: serviceOf(plan),
      };
    });
  }

  /** Kills one with -9; it is started again by itself. */
  kill(name: string): void {
    this.#processes.get(name)?.kill();
  }

  /** Ends who calls before who is called, so that nobody's last call fails. */
  async stop(): Promise<void> {
    for (const apps of [['traffic'], ['storefront'], ['stock', 'accounts']])
      await Promise.all(
        this.members
          .filter((plan) => apps.includes(plan.app))
          .map((plan) => this.#processes.get(plan.name)?.stop(graceMs)),
      );
  }

  #heard(plan: FleetMember, message: unknown): void {
    const port = (message as { reportPort?: unknown } | null)?.reportPort;
    if (typeof port !== 'number') return;
    this.#reportPorts.set(plan.name, port);
    this.#onChange();
  }
}

function serviceOf({ app, env }: FleetMember): string | undefined {
  if (env.PORT === undefined) return undefined;
  return app === 'accounts' ? `127.0.0.1:${env.PORT}` : `http://127.0.0.1:${env.PORT}`;
}
