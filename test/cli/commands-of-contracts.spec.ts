import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allContracts } from '@sluice/protocol';
import { root } from '../architecture/project.ts';
import { commandsUnder, declared, faultOf } from '../architecture/told-commands.ts';

/** A command line that asks for it, or why there is none. */
type Told = `sluice ${string}` | { readonly none: string };

/** Everything that changes or tries something on the server. What the console can do, the command line can do. */
const told: Readonly<Record<string, Told>> = {
  setup: 'sluice setup --user ann --password-stdin --token-file .data/setup-token',
  signIn: 'sluice login --user ann --password-stdin',
  signOut: 'sluice login --user ann --password-stdin',
  changeOwnPassword: 'sluice password --user ann --password-stdin',
  createUser: 'sluice user create ann --role viewer',
  changeUser: 'sluice user grant ann publisher --env prod --app shop',
  endOwnSession: 'sluice session end 0c1f52ab',
  endOtherSessions: 'sluice session end --all',
  endUserSessions: 'sluice user sign-out ann',
  createToken: 'sluice token create --app shop --env prod',
  rotateToken: 'sluice token rotate ci',
  revokeToken: 'sluice token revoke ci',
  createEnvironment: 'sluice env create stage --protected',
  changeEnvironment: 'sluice env change stage --no-protected --approvals 2',
  createApp: 'sluice app create shop --title "The shop"',
  changeApp: 'sluice app change shop --owner team-a',
  createNamespace: 'sluice namespace create shop order --kind map',
  changeNamespace: 'sluice namespace change shop order --schema schema.json',
  deleteNamespace: 'sluice namespace delete shop order -m gone',
  revealItem: 'sluice get shop order.password --reveal',
  saveDraft: 'sluice draft save shop -f shop.yaml',
  discardDraft: 'sluice draft discard shop order',
  publish: 'sluice set shop order.timeoutMs=500',
  previewRollback: 'sluice rollback shop order --dry-run',
  rollback: 'sluice rollback shop order --to 3',
  importApp: 'sluice apply shop -f shop.yaml',
  previewPush: 'sluice set shop order.timeoutMs=500 --percent 5 --dry-run',
  startPush: 'sluice set shop order.timeoutMs=500 --percent 5',
  proposePush: 'sluice set shop order.timeoutMs=500 --propose',
  changeProposal: 'sluice set shop order.timeoutMs=400 --propose --replaces 0c1f52ab',
  approvePush: 'sluice push approve shop 0c1f52ab',
  startProposedPush: 'sluice push start shop 0c1f52ab',
  previewPushAct: 'sluice push advance shop 0c1f52ab --dry-run',
  advancePush: 'sluice push advance shop 0c1f52ab',
  pausePush: 'sluice push pause shop 0c1f52ab',
  resumePush: 'sluice push resume shop 0c1f52ab',
  promotePush: 'sluice push promote shop 0c1f52ab',
  abandonPush: 'sluice push abandon shop 0c1f52ab',
  rollbackPush: 'sluice push rollback shop 0c1f52ab',
  repushPush: 'sluice push repush shop 0c1f52ab',
  createGroup: "sluice groups create shop zone-a --labels 'zone=a'",
  changeGroup: 'sluice groups change shop zone-a --order 2',
  deleteGroup: 'sluice groups delete shop zone-a',
  probeInstance: 'sluice instances probe shop i-1',
  lintRules: 'sluice rule lint shop',
  predictRule: 'sluice rule predict shop guard/pay',
  replayRules: 'sluice rule replay shop',
  checkScript: 'sluice script check shop -f vip.js --role decide',
  tryScript: 'sluice script try shop -f vip.js --role decide',
  setKill: 'sluice kill --monitor --reason "INC-12"',
  planDrill: 'sluice drill plan shop drill.yaml',
  createDrill: 'sluice drill save shop drill.yaml',
  changeDrill: 'sluice drill save shop drill.yaml --replaces 0c1f52ab',
  deleteDrill: 'sluice drill delete shop 0c1f52ab',
  checkDrill: 'sluice drill check shop 0c1f52ab',
  startDrill: 'sluice drill start shop 0c1f52ab --wait',
  abortDrill: 'sluice drill stop shop 0c1f52ab',
  acknowledgeAlert: 'sluice alert ack 0c1f52ab',
  changeAlertSetting: 'sluice alert set errors --threshold 5%',
  createAlertSilence: 'sluice alert silence --minutes 30 --reason "a load test"',
  endAlertSilence: 'sluice alert unsilence 0c1f52ab',
  createWebhook: 'sluice webhook add --name ops --url https://example.com/hook',
  changeWebhook: 'sluice webhook off 0c1f52ab',
  deleteWebhook: 'sluice webhook rm 0c1f52ab',
  testWebhook: 'sluice webhook test 0c1f52ab',
  playStory: 'sluice story play --fast',
  stopStory: 'sluice story stop',
};

const folder = join(root, 'apps/cli/src');
const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => readFileSync(join(folder, path), 'utf8'))
  .join('\n');

describe('what the server can be asked to do', () => {
  const mutations = allContracts.filter(({ method }) => method !== 'GET').map(({ id }) => id);

  it('stands in the table, all of it', () => {
    expect(Object.keys(told).sort()).toEqual([...mutations].sort());
  });

  it.each(Object.entries(told))('%s can be asked for by a command, or it is said why not', (id, how) => {
    const isCalled = new RegExp(`\\bcontracts\\.${id}\\b|\\b${id} \\} = contracts`).test(source);
    if (typeof how === 'string') expect([faultOf(how, true), isCalled]).toEqual([undefined, true]);
    else expect([how.none.length > 20, isCalled]).toEqual([true, false]);
  });
});

describe('every command', () => {
  const inEnglish = commandsUnder(declared('en'));
  const inChinese = commandsUnder(declared('zh'));

  it('tells in both languages what it and its options do', () => {
    const texts = (commands: typeof inEnglish): string[] =>
      commands.flatMap((command) => [
        `${command.name()}: ${command.description()}`,
        ...command.options.map((option) => `${command.name()} ${option.long}: ${option.description}`),
      ]);
    const [english, chinese] = [texts(inEnglish), texts(inChinese)];
    expect(chinese).toHaveLength(english.length);
    expect(english.filter((text) => /: $|[\u4e00-\u9fff]/.test(text))).toEqual([]);
    expect(chinese.filter((text) => !/[\u4e00-\u9fff]/.test(text))).toEqual([]);
  });
});
