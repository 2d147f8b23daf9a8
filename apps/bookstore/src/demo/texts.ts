import type { Language } from './language.ts';

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const en = {
  help: `npm run demo -- [options]

  --story           play the story, chapter by chapter
  --fast            with --story: without pauses
  --headless        no words for people; one line of JSON when it is ready
  --port <n>        port of the server and the console, 7788 unless another program has it
  --data <folder>   where everything is kept, .data
  --instances <n>   processes of each service, 1 to 20, 4`,
  badOption: (reason: string) =>
    `${reason}. Nothing was started. Known: --headless, --port <n>, --data <folder>, --instances <n>, --story, --fast.`,
  notInRange: (option: string, got: string, min: number, max: number) =>
    `${option} must be a whole number from ${min} to ${max}, got "${got}". Nothing was started.`,
  portBusy: (port: number) =>
    `Port ${port} is in use by another program. Nothing was started. Choose another --port, or leave it out and a free one is found.`,
  portShifted: (port: number, used: number) => `Port ${port} is in use, so this demo uses ${used}.`,
  alreadyRuns: (dataDir: string, url: string) =>
    `A demo runs on ${dataDir} already: ${url}. It goes on as it was. Stop it first, or give this one another --data.`,
  starting: 'Starting the server ...',
  seeding: 'First start: creating environments, apps, settings and their history ...',
  fleet: (count: number) => `Starting ${count} processes of the bookstore ...`,
  serverFailed: (reason: string, log: string) =>
    `The server did not start: ${reason}. Nothing is left running. Its own words are in ${log}.`,
  setupFailed: (reason: string) =>
    `The server runs but could not be prepared: ${reason}. Nothing is left running. Run the demo again; if it fails again, move the data folder away.`,
  notLive: (missing: string, after: number, logs: string) =>
    `Not live after ${seconds(after)} s: ${missing}. Everything was stopped. What they say is in ${logs}.`,
  ended: (name: string, how: string, ms: number) =>
    `${name} ended (${how}); starting it again in ${seconds(ms)} s.`,
  serverEnded: (how: string, ms: number) =>
    `The server ended (${how}). The bookstore goes on with what it holds. Starting the server again in ${seconds(ms)} s.`,
  back: (name: string) => `${name} is back.`,
  ready: (d: ReadyFacts) => `
Sluice is ready: ${d.instances} processes hold what the server says (${seconds(d.ms)} s).

  Console  ${d.loginUrl}
           (signs you in once, within 15 minutes; later: user "admin", password in ${d.stateFile})

  Try this
  1. Console, app "storefront", namespace "shop": set discountPercent to 20 and publish.
     Every storefront process answers with proof that it holds it.
  2. See it where it counts:  curl ${d.shopUrl}/books
  3. Kill the server:         kill -9 ${d.serverPid}
     The bookstore goes on selling with what it holds.

${d.hasStory ? '  Story    the overview plays it: eight chapters, on these processes\n' : ''}  Stop     Ctrl+C (nothing keeps running)
  Delete   rm -r ${d.dataDir}     Logs   ${d.logsDir}
`,
  stopping: 'Stopping ...',
  stopped: (dataDir: string) => `Stopped. The data is kept in ${dataDir}.`,
};

/** What the text of a ready demo speaks of. */
export interface ReadyFacts {
  readonly instances: number;
  readonly ms: number;
  readonly loginUrl: string;
  readonly shopUrl: string;
  readonly serverPid: number;
  readonly stateFile: string;
  readonly dataDir: string;
  readonly logsDir: string;
  /** Whether its console offers the story. */
  readonly hasStory: boolean;
}

/** Everything that the demo says to people. */
export type Texts = typeof en;

const zh: Texts = {
  help: `npm run demo -- [参数]

  --story           逐章播放演示故事
  --fast            与 --story 一起使用：不停顿
  --headless        不输出给人看的文字；就绪时输出一行 JSON
  --port <端口>     服务端和控制台的端口，默认 7788，被占用时换一个
  --data <目录>     数据目录，默认 .data
  --instances <数>  每个服务的进程数，1 到 20，默认 4`,
  badOption: (reason) =>
    `${reason}。没有启动任何程序。可用参数：--headless、--port <端口>、--data <目录>、--instances <数量>、--story、--fast。`,
  notInRange: (option, got, min, max) =>
    `${option} 必须是 ${min} 到 ${max} 之间的整数，当前为“${got}”。没有启动任何程序。`,
  portBusy: (port) =>
    `端口 ${port} 已被其他程序占用。没有启动任何程序。请用 --port 指定其他端口，或省略该参数以自动选择空闲端口。`,
  portShifted: (port, used) => `端口 ${port} 已被占用，本次演示使用 ${used}。`,
  alreadyRuns: (dataDir, url) =>
    `已有一个演示在使用 ${dataDir}：${url}，它会继续运行。请先停止它，或用 --data 指定其他目录。`,
  starting: '正在启动服务器……',
  seeding: '首次启动：正在创建环境、应用、配置及其历史……',
  fleet: (count) => `正在启动书店的 ${count} 个进程……`,
  serverFailed: (reason, log) => `服务器未能启动：${reason}。没有遗留任何进程。服务器的输出见 ${log}。`,
  setupFailed: (reason) =>
    `服务器已运行，但初始化失败：${reason}。没有遗留任何进程。请重新运行演示；若再次失败，请移走数据目录。`,
  notLive: (missing, after, logs) =>
    `${seconds(after)} 秒后仍未上线：${missing}。已全部停止。各进程的输出见 ${logs}。`,
  ended: (name, how, ms) => `${name} 已退出（${how}），${seconds(ms)} 秒后重新启动。`,
  serverEnded: (how, ms) =>
    `服务器已退出（${how}）。书店继续使用已持有的值运行。${seconds(ms)} 秒后重新启动服务器。`,
  back: (name) => `${name} 已恢复。`,
  ready: (d) => `
Sluice 已就绪：${d.instances} 个进程持有的值与服务器一致（${seconds(d.ms)} 秒）。

  控制台   ${d.loginUrl}
           （一次性登录，15 分钟内有效；之后用户名为“admin”，密码在 ${d.stateFile}）

  试一试
  1. 在控制台打开应用“storefront”的命名空间“shop”，把 discountPercent 改为 20 并发布。
     每个 storefront 进程都会证明自己已持有新值。
  2. 查看实际效果：  curl ${d.shopUrl}/books
  3. 杀掉服务器：    kill -9 ${d.serverPid}
     书店会继续使用已持有的值营业。

${d.hasStory ? '  故事     控制台总览页可播放：共八章，在这些进程上演\n' : ''}  停止     Ctrl+C（不会遗留任何进程）
  删除     rm -r ${d.dataDir}     日志   ${d.logsDir}
`,
  stopping: '正在停止……',
  stopped: (dataDir) => `已停止。数据保留在 ${dataDir}。`,
};

const catalog: Readonly<Record<Language, Texts>> = { en, zh };

export const textsIn = (language: Language): Texts => catalog[language];
