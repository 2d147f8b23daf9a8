import { FakeServer } from './fake-server.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';
import { beOrderApi } from './order-api.ts';

/** A fresh machine that speaks to the order app in prod. */
export interface OrderCommand {
  readonly fake: FakeServer;
  readonly machine: MemoryMachine;
  /** Runs a command line; server, token and environment are set by variables. */
  sluice(argv: readonly string[], options?: MachineOptions): Promise<Ran>;
}

export async function startOrderCommand(): Promise<OrderCommand> {
  const fake = beOrderApi(await FakeServer.start());
  const machine = new MemoryMachine();
  return {
    fake,
    machine,
    sluice: (argv, options = {}) =>
      machine.run(argv, {
        ...options,
        env: { SLUICE_SERVER: fake.url, SLUICE_TOKEN: 'sl_test', SLUICE_ENV: 'prod', ...options.env },
      }),
  };
}
