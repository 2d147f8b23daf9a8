import type { Language } from '../demo/language.ts';
import type { ChapterName } from './chapter-name.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** What the figures of chapters are told with. */
interface Came {
  readonly gray: {
    readonly discountPercent: number;
    readonly holding: number;
    readonly targets: number;
    readonly lastAppliedMs: number;
    readonly shops: number;
  };
  readonly promote: { readonly holding: number; readonly targets: number };
  readonly watch: { readonly holding: number; readonly targets: number; readonly pages: number };
  readonly predict: { readonly calls: number; readonly wouldBlock: number; readonly share: number };
  readonly intercept: {
    readonly pages: number;
    readonly refused: number;
    readonly rule: string;
    readonly instance: string;
  };
  readonly drill: {
    readonly injected: number;
    readonly failed: number;
    readonly degraded: number;
    readonly timeToOpenMs: number;
    readonly timeToCloseMs: number;
  };
  readonly bad: {
    readonly members: number;
    readonly takenBackMs: number;
    readonly because: string;
    readonly stockTimeoutMs: number;
  };
  readonly gone: {
    readonly holding: number;
    readonly shops: number;
    readonly refused: number;
    readonly restartedMs: number;
    readonly goneMs: number;
    readonly discountPercent: number;
    readonly instance: string;
  };
}

const en = {
  opening: (chapters: number) =>
    `The story of a bookstore's evening, in ${chapters} chapters. Nothing is staged: all of it is measured.`,
  busy: (perSec: number) => `Shoppers come: ${perSec} visits a second, half of them buy.`,
  heading: (number: number, of: number, title: string) => `Chapter ${number} of ${of}: ${title}`,
  what: 'What   ',
  command: 'Command',
  look: 'Look   ',
  came: 'Came   ',
  notTrue: (reason: string) => `Not true: ${reason}`,
  ended: (ms: number) => `The story came true, all of it, in ${seconds(ms)} s.`,
  failed: (chapters: string) => `The story did not come true. See: ${chapters}.`,
  stopped: 'The story was stopped. What it had in force on a part is taken back; what all have got stays.',
  brokeOff: (reason: string) => `The story broke off: ${reason}.`,
  goesOn: 'The bookstore goes on. Look around; Ctrl+C stops everything.',
  tidyMessage: 'The story begins anew',
  calmMessage: 'The evening is over',
  stopMessage: 'The story was stopped',
  busyMessage: 'The evening rush',
  title: {
    gray: 'a sale, in half of the shops',
    promote: 'the sale, for everybody',
    watch: 'a rule that only watches',
    predict: 'whom it would refuse',
    intercept: 'the rule in earnest, in one shop',
    drill: 'what if payments were slow?',
    badRollout: 'a bad change that undoes itself',
    serverGone: 'the server is killed',
  } as Readonly<Record<ChapterName, string>>,
  does: {
    gray: 'Changes the discount for half of the shops, and waits until each has proven that it holds it.',
    promote: 'Makes it the value of all. Who has it already sees no change.',
    watch:
      'Publishes a limit for robots, in mode monitor. A robot reads ten pages at once; it must get them.',
    predict: 'Lets the robot read on, and decides the recorded calls by the rule.',
    intercept: 'Lets the rule refuse, in one shop, for a quarter of an hour. The robot comes again.',
    drill:
      'Makes every payment slow, in half of the shops. The breaker should open, and orders be taken on account.',
    badRollout:
      'Gives a quarter of the shops a time-out that is too short. From now on nobody touches anything.',
    serverGone:
      'Kills the server with -9, then a shop. Prices, limits and a restart have to do without the server.',
  } as Readonly<Record<ChapterName, string>>,
  saleMessage: 'Evening sale',
  promoteMessage: 'It sells',
  robots: 'How fast programs may read the catalogue',
  watchMessage: 'Watch the robots first',
  interceptMessage: 'One shop first',
  badMessage: 'Fail fast',
  otherShops: (found: number, meant: number) => `${found} shops show the new price in place of ${meant}`,
  notProven: (push: string) => `push ${push} is not proven`,
  notPromoted: 'not every shop got the value',
  refusedInMonitor: (pages: number) => `${pages} pages were refused where nobody may be`,
  nothingRecorded: 'too few recorded calls to tell anything',
  nobodyRefused: 'the rule refused nobody',
  notReady: (why: string) => `the drill could not start${why ? `: ${why}` : ''}`,
  drillNotOver: 'the drill is not over',
  drillNotHeld: (state: string, why: string) => `the drill ended as ${state}${why ? `: ${why}` : ''}`,
  notTakenBack: 'nobody took the bad value back',
  wentOn: 'the bad value went on to its next step',
  notByGuardrail: (state: string) => `the push is ${state}, but not by its guardrail`,
  serverStillThere: 'the server still answers',
  shopNotGone: 'the killed shop still answers',
  shopNotBack: 'the killed shop did not come back',
  notTogether: 'not every shop found the server again',
  grayCame: (f: Came['gray']) =>
    `${f.holding} of ${f.targets} members hold ${f.discountPercent} %, the last one after ${f.lastAppliedMs} ms; ${f.shops - f.holding} other shops sell at the old price.`,
  promoteCame: (f: Came['promote']) =>
    `${f.holding} of ${f.targets} hold it, proven, and every shop's page shows it.`,
  watchCame: (f: Came['watch']) =>
    `In force on ${f.holding} of ${f.targets}; the robot got all of its ${f.pages} pages.`,
  predictCame: (f: Came['predict']) =>
    `Of ${f.calls} recorded calls that it is about it would have refused ${f.wouldBlock} (${percent(f.share)}): the robot's, and no person's.`,
  interceptCame: (f: Came['intercept']) =>
    `${f.instance} refused ${f.refused} of ${f.pages} pages by ${f.rule}; the other shops none.`,
  drillCame: (f: Came['drill']) =>
    `${f.injected} payments were slowed down. The breaker opened after ${seconds(f.timeToOpenMs)} s; ${f.failed} payments failed, then ${f.degraded} were taken on account. ${seconds(f.timeToCloseMs)} s after the end all breakers were closed, and every target is proven to be clean.`,
  badCame: (f: Came['bad']) =>
    `${f.members} shop had it. Taken back by itself after ${seconds(f.takenBackMs)} s (${f.because}); ${f.stockTimeoutMs} ms are in force everywhere again.`,
  goneCame: (f: Came['gone']) =>
    `Without a server ${f.holding} of ${f.shops} shops sold at ${f.discountPercent} % off, the limit refused ${f.refused} pages, and ${f.instance} was killed and sold again after ${seconds(f.restartedMs)} s. The server was away for ${seconds(f.goneMs)} s; ${f.shops} of ${f.shops} are in sync with it again.`,
};

/** Everything that the story says to people. */
export type StoryTexts = typeof en;

const zh: StoryTexts = {
  opening: (chapters) => `书店一晚的故事，共 ${chapters} 章。没有任何摆拍：所有数字均为实测。`,
  busy: (perSec) => `顾客来了：每秒 ${perSec} 次访问，一半会下单。`,
  heading: (number, of, title) => `第 ${number}/${of} 章：${title}`,
  what: '做什么',
  command: '命令　',
  look: '查看　',
  came: '结果　',
  notTrue: (reason) => `未成真：${reason}`,
  ended: (ms) => `故事全部成真，用时 ${seconds(ms)} 秒。`,
  failed: (chapters) => `故事未能成真，见：${chapters}。`,
  stopped: '故事已停止。仅对部分实例生效的内容已收回；已对所有实例生效的保持不变。',
  brokeOff: (reason) => `故事中断：${reason}。`,
  goesOn: '书店继续营业，请随意查看；按 Ctrl+C 停止全部程序。',
  tidyMessage: '故事重新开始',
  calmMessage: '夜晚结束了',
  stopMessage: '故事已停止',
  busyMessage: '晚高峰',
  title: {
    gray: '半数门店促销',
    promote: '促销推向所有门店',
    watch: '只观察的规则',
    predict: '它会拒绝谁',
    intercept: '在一家门店真正生效',
    drill: '如果支付变慢会怎样？',
    badRollout: '自动撤回的错误变更',
    serverGone: '杀掉服务器',
  },
  does: {
    gray: '只为半数门店修改折扣，并等待每一家证明自己已持有新值。',
    promote: '让新值对所有门店生效。已持有者不会有任何变化。',
    watch: '发布一条针对爬虫的限流规则，模式为 monitor。爬虫一次读取十页，必须全部成功。',
    predict: '让爬虫继续读取，并用该规则判定已记录的调用。',
    intercept: '让规则在一家门店拦截，为期一刻钟。爬虫再次到来。',
    drill: '让半数门店的支付全部变慢。熔断器应打开，订单应改为记账。',
    badRollout: '给四分之一的门店一个过短的超时时间。此后无人再做任何操作。',
    serverGone: '先用 -9 杀掉服务器，再杀掉一家门店。价格、限流和重启都必须在没有服务器的情况下完成。',
  },
  saleMessage: '晚间促销',
  promoteMessage: '卖得不错',
  robots: '程序读取书目的速度',
  watchMessage: '先观察爬虫',
  interceptMessage: '先在一家门店生效',
  badMessage: '尽快失败',
  otherShops: (found, meant) => `应有 ${meant} 家门店显示新价格，实际为 ${found} 家`,
  notProven: (push) => `推送 ${push} 尚未得到证明`,
  notPromoted: '并非所有门店都得到了新值',
  refusedInMonitor: (pages) => `有 ${pages} 页在不应拒绝处被拒绝`,
  nothingRecorded: '记录的调用太少，无法判断',
  nobodyRefused: '规则没有拒绝任何调用',
  notReady: (why) => `演练无法开始${why ? `：${why}` : ''}`,
  drillNotOver: '演练尚未结束',
  drillNotHeld: (state, why) => `演练的结局为 ${state}${why ? `：${why}` : ''}`,
  notTakenBack: '错误的值没有被撤回',
  wentOn: '错误的值进入了下一步',
  notByGuardrail: (state) => `推送状态为 ${state}，但不是由护栏造成`,
  serverStillThere: '服务器仍在应答',
  shopNotGone: '被杀掉的门店仍在应答',
  shopNotBack: '被杀掉的门店没有恢复',
  notTogether: '并非所有门店都重新连上了服务器',
  grayCame: (f) =>
    `${f.targets} 个成员中有 ${f.holding} 个持有 ${f.discountPercent} %，最后一个用时 ${f.lastAppliedMs} 毫秒；其余 ${f.shops - f.holding} 家门店仍按原价销售。`,
  promoteCame: (f) => `${f.targets} 家门店中有 ${f.holding} 家已证明持有，且每家的页面都显示新价格。`,
  watchCame: (f) => `已在 ${f.targets} 个实例中的 ${f.holding} 个生效；爬虫得到了全部 ${f.pages} 页。`,
  predictCame: (f) =>
    `在与其相关的 ${f.calls} 次已记录调用中，它会拒绝 ${f.wouldBlock} 次（${percent(f.share)}）：全部来自爬虫，没有真人。`,
  interceptCame: (f) =>
    `${f.instance} 依据 ${f.rule} 拒绝了 ${f.pages} 页中的 ${f.refused} 页；其他门店一页也没有拒绝。`,
  drillCame: (f) =>
    `${f.injected} 次支付被拖慢。${seconds(f.timeToOpenMs)} 秒后熔断器打开；有 ${f.failed} 次支付失败，随后 ${f.degraded} 次改为记账。演练结束 ${seconds(f.timeToCloseMs)} 秒后所有熔断器均已关闭，且每个目标都已证明恢复干净。`,
  badCame: (f) =>
    `${f.members} 家门店得到了它。${seconds(f.takenBackMs)} 秒后自动撤回（${f.because}）；所有门店重新使用 ${f.stockTimeoutMs} 毫秒。`,
  goneCame: (f) =>
    `没有服务器时，${f.shops} 家门店中有 ${f.holding} 家按 ${f.discountPercent} % 的折扣销售，限流拒绝了 ${f.refused} 页，${f.instance} 被杀掉并在 ${seconds(f.restartedMs)} 秒后恢复营业。服务器离线 ${seconds(f.goneMs)} 秒；${f.shops} 家门店现已全部与其同步。`,
};

const catalog: Readonly<Record<Language, StoryTexts>> = { en, zh };

export const storyTextsIn = (language: Language): StoryTexts => catalog[language];
