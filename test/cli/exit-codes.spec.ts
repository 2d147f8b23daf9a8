import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeServer, Refused } from './fake-server.ts';
import { MemoryMachine } from './memory-machine.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const refuse = (status: number, code: string) => () => {
  throw new Refused({ status, code, message: `refused with ${status}` });
};

describe('exit codes', () => {
  it.each([
    [401, 4],
    [403, 4],
    [404, 1],
    [409, 5],
    [412, 5],
    [422, 1],
    [429, 1],
    [500, 1],
    [503, 8],
  ])('a refusal with %i is %i', async (status, code) => {
    order.fake.on('whoAmI', refuse(status, 'some_code'));
    const ran = await order.sluice(['whoami']);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(`Error: refused with ${status}\n`);
    expect(ran.err).toContain('[some_code · request req-1]');
  });

  it('a server that is not there is 8', async () => {
    const gone = await FakeServer.start();
    const { url } = gone;
    await gone.stop();
    const ran = await order.sluice(['whoami', '--server', url]);
    expect(ran).toMatchObject({ code: 8, out: '' });
    expect(ran.err).toContain(`Error: Cannot reach ${url} (ECONNREFUSED).`);
    expect(ran.err).toContain('Still true: Nothing was changed.');
    expect(ran.err).toContain('What to do: Start a server with "sluice server"');
  });

  it('something else that answers is told apart', async () => {
    order.fake.on('whoAmI', () => '<html>a proxy</html>');
    const ran = await order.sluice(['whoami']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('[unexpected_answer]') });
  });

  it.each([
    [['gte', 'a', 'b']],
    [['get', 'a']],
    [['get', 'a', 'b', 'c']],
    [['get', 'a', 'b', '--nope']],
    [['get', 'a', 'b', '-o', 'xml']],
    [['set', 'order-api', 'order.timeoutMs']],
    [['set', 'order-api', 'order=5']],
    [['set', 'order-api', 'order.timeoutMs=1', '--timeout', 'soon']],
    [['set', 'order-api', 'order.timeoutMs=1', '--type', 'int']],
    [['rollback', 'order-api', 'order', '--to', '0']],
    [['diff', 'order-api']],
    [['token', 'create']],
    [['token', 'create', '--kind', 'api']],
    [['get', 'order-api', 'order', '--why', '--distribution']],
    [['get', 'order-api', 'order', '--server', 'nowhere']],
    [['login', '--token', 'secret']],
    [[]],
  ])('a command line that cannot be carried out is 2: %j', async (argv) => {
    const ran = await order.sluice(argv);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).not.toBe('');
    expect(order.fake.writes).toEqual([]);
  });

  it('help and version are 0', async () => {
    const help = await order.sluice(['--help']);
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit codes: 0 ok') });
    expect(await order.sluice(['set', '--help'])).toMatchObject({ code: 0, err: '' });
    expect((await order.sluice(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('without an environment the only one is taken, else one has to be named', async () => {
    const env = { SLUICE_SERVER: order.fake.url, SLUICE_TOKEN: 't' };
    const machine = new MemoryMachine();
    expect((await machine.run(['get', 'order-api', 'order.timeoutMs'], { env })).out).toBe('800\n');
    const at = '2026-01-02T03:04:05.000Z';
    const items = ['prod', 'dev'].map((name) => ({
      name,
      revision: 1,
      protected: false,
      approvals: 0,
      createdAt: at,
    }));
    order.fake.on('listEnvironments', () => ({ items }));
    const ran = await machine.run(['get', 'order-api', 'order'], { env });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('There are prod, dev.') });
  });
});

describe('in Chinese', () => {
  it('errors have their three parts', async () => {
    const gone = await order.sluice(['whoami', '--server', 'http://127.0.0.1:1', '--lang', 'zh']);
    expect(gone.err).toMatch(
      /^错误：无法连接 .*\n {2}现状：没有任何更改。.*\n {2}建议：请用 "sluice server"/,
    );
  });

  it('plans, verdicts, tables and help are too', async () => {
    const env = { LANG: 'zh_CN.UTF-8' };
    const ran = await order.sluice(['set', 'order-api', 'order.timeoutMs=500', '--wait'], { env });
    expect(ran.err).toContain(
      '将 order.timeoutMs 从 800 改为 500；范围：prod 环境中 order-api 的 2 个实例（全局）',
    );
    expect(ran.err).toContain('已收敛：2 个实例中有 2 个持有 order 的发布版本 8');
    expect(ran.out).toMatch(/^命名空间 +结果 +发布版本/);
    expect((await order.sluice(['set', '--help'], { env })).out).toContain('发布配置值并推送');
    const wrong = await order.sluice(['gte'], { env: { SLUICE_LANG: 'zh' } });
    expect(wrong.err).toContain('错误：没有命令“gte”。');
    const key = await order.sluice(['get', 'order-api', 'order.timeOutMs'], { env });
    expect(key.err).toContain('你是不是要找“timeoutMs”？');
  });
});
