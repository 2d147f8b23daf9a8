import { describe, expect, it } from '@jest/globals';
import type { ToldAlert } from '../alerts.entities.ts';
import { messageFor, refusalIn, type Told, wordsOf } from './message.ts';

const alert: ToldAlert = {
  id: 'a1',
  environment: 'prod',
  app: 'orders',
  condition: 'errors',
  severity: 'critical',
  subject: 'rpc pay',
  state: 'firing',
  text: { en: '30 % of the calls of pay failed', zh: 'pay 有 30% 的调用出错' },
  firedAt: '2026-01-01T00:00:00.000Z',
};
const told: Told = {
  alerts: [alert, { ...alert, id: 'a2', state: 'resolved' }],
  environment: 'prod',
  language: 'en',
  messageId: 'm1',
  nowMs: 1_700_000_000_123,
};
const bodyOf = (kind: Parameters<typeof messageFor>[0], more: Partial<Told> = {}, secret?: string) =>
  JSON.parse(messageFor(kind, 'https://hooks.example.com/x?key=k', secret, { ...told, ...more }).body);

describe('wordsOf', () => {
  it('says how many fire and how many are over, and each of them', () => {
    expect(wordsOf({ ...told, consoleUrl: 'https://s.example.com' })).toEqual({
      title: 'Sluice · prod · 1 alert, 1 over',
      lines: [
        '[critical] orders: Too many calls end in errors. 30 % of the calls of pay failed',
        '[over] orders: Too many calls end in errors. 30 % of the calls of pay failed',
        'https://s.example.com/environments/prod/alerts',
      ],
    });
    expect(wordsOf({ ...told, language: 'zh' }).lines[0]).toBe(
      '[严重] orders: 出错的调用过多. pay 有 30% 的调用出错',
    );
  });

  it('tells ten of many', () => {
    const many = Array.from({ length: 25 }, (_, n) => ({ ...alert, id: `a${n}` }));
    expect(wordsOf({ ...told, alerts: many }).lines).toHaveLength(11);
    expect(wordsOf({ ...told, alerts: many }).lines.at(-1)).toBe('and 15 more');
  });
});

describe('messageFor', () => {
  it('has the form that each receiver wants', () => {
    expect(bodyOf('dingtalk')).toMatchObject({
      msgtype: 'markdown',
      markdown: { title: expect.any(String) },
    });
    expect(bodyOf('feishu')).toMatchObject({ msg_type: 'text', content: { text: expect.any(String) } });
    expect(bodyOf('wecom')).toMatchObject({ msgtype: 'markdown', markdown: { content: expect.any(String) } });
    expect(Object.keys(bodyOf('slack'))).toEqual(['text']);
    expect(bodyOf('generic')).toMatchObject({ id: 'm1', kind: 'alerts', alerts: told.alerts });
    expect(bodyOf('generic', { alerts: [] })).toMatchObject({ kind: 'test', alerts: [] });
  });

  it('signs Feishu in the body: HMAC-SHA256 over nothing, under time and secret', () => {
    expect(bodyOf('feishu', {}, 'demo')).toMatchObject({
      timestamp: '1700000000',
      sign: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
  });

  it('lets no name of somebody be markup', () => {
    const sly = { ...alert, text: { en: '[click](https://evil.example.com)', zh: '' } };
    expect(bodyOf('dingtalk', { alerts: [sly] }).markdown.text).toContain('\\[click\\](');
  });

  it('calls nobody by what somebody wrote, and gives nobody a line of his own', () => {
    const calling = '<!channel> <at user_id="all"></at> a & b\n[critical] shop: all is lost\u202e\u2028x';
    const alerts = [{ ...alert, text: { en: calling, zh: calling } }];
    const line =
      '[critical] orders: Too many calls end in errors. {} a {and} b [critical] shop: all is lost x';
    const slack = bodyOf('slack', { alerts }).text.split('\n');
    expect(slack).toHaveLength(2);
    expect(slack[1]).toBe(
      line.replace('{}', '&lt;!channel&gt; &lt;at user_id="all"&gt;&lt;/at&gt;').replace('{and}', '&amp;'),
    );
    const feishu = bodyOf('feishu', { alerts }).content.text;
    expect(feishu).not.toContain('<');
    expect(feishu.split('\n')).toHaveLength(2);
    for (const kind of ['dingtalk', 'wecom'] as const) {
      const { text, content } = bodyOf(kind, { alerts }).markdown;
      expect((text ?? content).split('\n\n')).toHaveLength(2);
    }
  });

  it('stays below the bytes that WeCom takes', () => {
    const long = { ...alert, text: { en: '', zh: '错'.repeat(3000) } };
    const { content } = bodyOf('wecom', { alerts: [long], language: 'zh' }).markdown;
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4003);
    expect(content).not.toContain('\uFFFD');
  });
});

describe('refusalIn', () => {
  it('reads the answers of robots that say 200 to everything', () => {
    expect(refusalIn('dingtalk', '{"errcode":310000}')).toBe(true);
    expect(refusalIn('wecom', '{"errcode":0}')).toBe(false);
    expect(refusalIn('feishu', '{"code":19021}')).toBe(true);
    expect(refusalIn('feishu', '{"code":0}')).toBe(false);
    expect(refusalIn('wecom', 'busy')).toBe(true);
    expect(refusalIn('slack', 'ok')).toBe(false);
    expect(refusalIn('generic', '')).toBe(false);
  });
});
