import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Permission, type Role } from '@sluice/protocol';
import { HttpCaller } from '../support/http-caller.ts';
import { ServerProcess } from '../support/server-process.ts';
import { ToldStory, waitingStory } from '../support/told-story.ts';
import { until } from '../support/until.ts';

describe('the story, on a server that nobody started for it', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
  });
  afterAll(() => server?.remove());

  it('is not there, whatever who started it says', async () => {
    server.say({ story: waitingStory });
    for (const contract of [contracts.getStory, contracts.playStory, contracts.stopStory]) {
      const { status, body } = await server.admin.attempt(
        contract,
        contract.method === 'POST' ? { body: {} } : {},
      );
      expect({ status, body }).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect(await server.admin.call(contracts.setupState)).not.toHaveProperty('demo');
  });
});

describe('the story, on a server of the demo', () => {
  let server: ServerProcess;
  let demo: ToldStory;

  const audited = async () =>
    (await server.admin.call(contracts.listAudit, { query: { limit: '20' } })).items
      .filter(({ target }) => target === 'story')
      .map(({ action, actor, detail }) => ({ action, actor, detail }));
  const asking = (http: HttpCaller) => http.attempt(contracts.playStory, { body: {} });

  beforeAll(async () => {
    server = await ServerProcess.start({ SLUICE_DEMO: '1' });
    await server.setUp();
    demo = new ToldStory(server);
  });
  afterAll(() => server?.remove());

  it('is as the demo tells it', async () => {
    expect(await server.admin.call(contracts.setupState)).toMatchObject({ demo: true });
    expect(await server.admin.call(contracts.getStory)).toEqual(waitingStory);
    const [first, second] = waitingStory.chapters;
    demo.tell({
      ...waitingStory,
      chapters: [
        { ...first!, state: 'cameTrue', tookMs: 7, came: { en: 'so', zh: '如此' }, figures: { a: 1 } },
        second!,
      ],
    });
    const told = await until('it is told', async () => {
      const [now] = (await server.admin.call(contracts.getStory)).chapters;
      return now?.state === 'cameTrue' ? now : undefined;
    });
    expect(told).toMatchObject({ figures: { a: 1 }, tookMs: 7 });
    demo.tell(waitingStory);
  });

  it('takes no notice of what is no story', async () => {
    server.say({ story: { ...waitingStory, state: 'staged' } });
    server.say({ somethingElse: true });
    expect(await server.admin.call(contracts.getStory)).toEqual(waitingStory);
  });

  it('plays when it is asked to, once, and stops; both are audited', async () => {
    const stopNothing = await server.admin.attempt(contracts.stopStory);
    expect(stopNothing).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    const playing = await server.admin.call(contracts.playStory, { body: { pace: 'fast' } });
    expect(playing).toMatchObject({ state: 'playing', by: 'test', pace: 'fast' });
    expect(playing.chapters[0]).toMatchObject({ state: 'playing', commands: ['true'] });
    const again = await asking(server.admin);
    expect(again).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect((await server.admin.call(contracts.stopStory)).state).toBe('stopping');
    expect(demo.wishes.filter((wish) => (wish as { do: string }).do !== 'tell')).toEqual([
      { do: 'play', pace: 'fast', by: 'test' },
      { do: 'stop' },
    ]);
    expect(await audited()).toEqual([
      { action: 'story.stop', actor: 'test', detail: {} },
      { action: 'story.play', actor: 'test', detail: { pace: 'fast' } },
    ]);
    demo.tell({ ...waitingStory, state: 'stopped' });
  });

  it('is known again after the server was killed', async () => {
    demo.tell({ ...demo.now, by: 'ada' });
    await server.down('SIGKILL');
    await server.up();
    expect(await server.admin.call(contracts.getStory)).toEqual({
      ...waitingStory,
      state: 'stopped',
      by: 'ada',
    });
  });

  it('is for administrators of everything', async () => {
    const withRole = async (role: Role, only?: readonly Permission[]): Promise<HttpCaller> => {
      const body = { kind: 'api', name: role, role, environment: '*', app: '*', ...(only && { only }) };
      const { secret } = await server.admin.call(contracts.createToken, { body: body as never });
      return new HttpCaller(server.url, { authorization: `Bearer ${secret}` });
    };
    for (const http of [await withRole('drillOperator'), await withRole('publisher')]) {
      expect((await asking(http)).status).toBe(403);
      expect((await http.attempt(contracts.getStory)).status).toBe(403);
    }
    // It publishes and drills: who was cut to less may not have it done for him either.
    const cut = await withRole('admin', ['environment:manage', 'config:read']);
    expect(await asking(cut)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await audited()).length).toBe(2);
  });

  it('says so when the demo does not answer', async () => {
    server.onMessage = () => undefined;
    const { status, body } = await asking(server.admin);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'wrong_state', message: expect.stringContaining('does not answer') });
  });
});
