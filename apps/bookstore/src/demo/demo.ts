import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pace, StoryPlayer } from '../story/player.ts';
import type { Stage } from '../story/stage.ts';
import type { Told } from '../story/story.ts';
import { ensureClientTokens, makeLoginToken, openAccess } from './access.ts';
import type { Api } from './api.ts';
import { DemoFailure } from './demo-failure.ts';
import { type DemoState, stateFileIn, writeState } from './demo-state.ts';
import { Fleet } from './fleet.ts';
import { FleetFile } from './fleet-file.ts';
import { planFleet, servingApps } from './fleet-plan.ts';
import { becomesFree, freePorts } from './free-port.ts';
import type { Language } from './language.ts';
import { waitUntilLive } from './live-fleet.ts';
import { type Hold, holdDataDir } from './only-one.ts';
import type { DemoOptions } from './options.ts';
import { inheritedEnv } from './process-env.ts';
import { seed } from './seed.ts';
import { environments, seedApps } from './seed-plan.ts';
import { ServerProcess } from './server-process.ts';
import { storyWishIn } from './story-wish.ts';
import type { ReadyFacts, Texts } from './texts.ts';

const liveTimeoutMs = 90_000;
/** How long the processes of a killed demo may take to notice and end. */
const leftoversMs = 6000;

/** For the story. */
const leastShops = 2;

/** The server, the bookstore and everything that they need, from nothing to live, and back to nothing. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #texts: Texts;
  readonly #say: (line: string) => void;
  readonly #logsDir: string;
  #hold: Hold | undefined;
  #server: ServerProcess | undefined;
  #fleet: Fleet | undefined;
  #fleetFile: FleetFile | undefined;
  #api: Api | undefined;
  #player: StoryPlayer | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: DemoOptions, texts: Texts, say: (line: string) => void) {
    this.#options = options;
    this.#texts = texts;
    this.#say = say;
    this.#logsDir = join(options.dataDir, 'logs');
  }

  /** Resolves when every process is live. Throws a `DemoFailure` for people; `stop` has to be called even then. */
  async start(): Promise<{ readonly url: string; readonly token: string; readonly facts: ReadyFacts }> {
    const startedAt = performance.now();
    const { dataDir } = this.#options;
    await mkdir(this.#logsDir, { recursive: true, mode: 0o700 });
    await this.#holdData();
    const port = await this.#choosePort();
    const url = `http://127.0.0.1:${port}`;
    const env = inheritedEnv(process.env);

    const server = await this.#startServer(port, env);
    const { api, state } = await this.#prepare(url);
    this.#api = api;
    const fleet = await this.#startFleet(url, port, state, env);
    const missing = await waitUntilLive(api, fleet, liveTimeoutMs);
    if (missing.length > 0)
      throw new DemoFailure(this.#texts.notLive(missing.join(', '), liveTimeoutMs, this.#logsDir));

    const loginUrl = `${url}/login?token=${await makeLoginToken(dataDir)}`;
    if (this.#hold?.mine) this.#hold.tell(url);
    return {
      url,
      token: state.apiToken,
      facts: {
        instances: fleet.members.length,
        ms: performance.now() - startedAt,
        loginUrl,
        shopUrl: fleet.entries().find((entry) => entry.app === 'storefront')?.service ?? '',
        serverPid: server.pid ?? 0,
        stateFile: stateFileIn(dataDir),
        dataDir,
        logsDir: this.#logsDir,
        hasStory: this.#hasStory,
      },
    };
  }

  /** Lets the story be played, from here and from the console, once the demo is live. */
  offerStory(language: Language, tell: (told: Told) => void): StoryPlayer {
    const player = new StoryPlayer({
      language,
      shops: this.#options.instances,
      stage: (pace, signal) => this.#stage(language, pace, signal),
      say: this.#say,
      tell,
      show: (story) => this.#server?.send({ story }),
    });
    this.#player = player;
    this.#server?.send({ story: player.now });
    return player;
  }

  /** One shop has nobody to differ from. */
  get #hasStory(): boolean {
    return this.#options.instances >= leastShops;
  }

  #heard(message: unknown): void {
    const wish = storyWishIn(message);
    if (!wish || !this.#player) return;
    if (wish.do === 'play') void this.#player.play(wish.by, wish.pace);
    else if (wish.do === 'stop') this.#player.stop();
    else this.#server?.send({ story: this.#player.now });
  }

  #stage(language: Language, pace: Pace, signal: AbortSignal): Stage {
    const [server, fleet, api] = [this.#server, this.#fleet, this.#api];
    if (!server || !fleet || !api) throw new Error('the demo is not live');
    return {
      api,
      url: api.url,
      environment: environments.fleet,
      language,
      shops: fleet
        .entries()
        .flatMap(({ app, name, service }) =>
          app === 'storefront' && service !== undefined ? [{ instance: name, url: service }] : [],
        ),
      folder: join(this.#options.dataDir, 'story'),
      isFast: pace === 'fast',
      signal,
      serverPid: () => server.pid,
      killServer: () => server.killAndHold(),
      killShop: (instance) => fleet.kill(instance),
    };
  }

  /** Ends everything, in order; once, however often it is called. */
  stop(): Promise<void> {
    this.#stopped ??= (async () => {
      await this.#fleet?.stop();
      await this.#server?.stop();
      if (this.#hold?.mine) this.#hold.release();
    })();
    return this.#stopped;
  }

  async #holdData(): Promise<void> {
    const hold = await holdDataDir(this.#options.dataDir);
    if (!hold.mine) throw new DemoFailure(this.#texts.alreadyRuns(this.#options.dataDir, hold.url));
    this.#hold = hold;
  }

  async #choosePort(): Promise<number> {
    const { port, portAsked } = this.#options;
    const waitMs = this.#hold?.mine && this.#hold.tookOver ? leftoversMs : 0;
    if (await becomesFree(port, waitMs)) return port;
    if (portAsked) throw new DemoFailure(this.#texts.portBusy(port));
    const [other = port] = await freePorts(port + 1, 1);
    this.#say(this.#texts.portShifted(port, other));
    return other;
  }

  async #startServer(port: number, env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    this.#say(this.#texts.starting);
    let ready = false;
    const server = new ServerProcess({
      port,
      env,
      dataDir: this.#options.dataDir,
      logsDir: this.#logsDir,
      hasStory: this.#hasStory,
      onMessage: (message) => this.#heard(message),
      onCrash: (how, ms) => {
        if (ready) this.#say(this.#texts.serverEnded(how, ms));
      },
      onRestart: () => {
        this.#say(this.#texts.back('server'));
        this.#fleetFile?.update();
      },
    });
    this.#server = server;
    try {
      await server.start();
    } catch (error) {
      throw new DemoFailure(this.#texts.serverFailed((error as Error).message, server.logFile));
    }
    ready = true;
    return server;
  }

  /** Signs in, and fills a new server. */
  async #prepare(url: string): Promise<{ readonly api: Api; readonly state: DemoState }> {
    const { dataDir } = this.#options;
    try {
      const { api, state } = await openAccess(url, dataDir);
      if (!state.seeded) {
        this.#say(this.#texts.seeding);
        await seed(api);
      }
      const apps = seedApps.map((app) => app.name);
      const clientTokens = await ensureClientTokens(api, state.clientTokens, apps);
      const next = { ...state, seeded: true, clientTokens };
      await writeState(dataDir, next);
      return { api, state: next };
    } catch (error) {
      throw new DemoFailure(this.#texts.setupFailed((error as Error).message), { cause: error });
    }
  }

  async #startFleet(
    serverUrl: string,
    serverPort: number,
    state: DemoState,
    env: Readonly<Record<string, string>>,
  ): Promise<Fleet> {
    const { instances, dataDir } = this.#options;
    const members = planFleet({
      instances,
      ports: await freePorts(serverPort + 13, instances * servingApps.length),
      serverUrl,
      tokens: state.clientTokens,
      dataDir,
      logsDir: this.#logsDir,
      env,
    });
    this.#say(this.#texts.fleet(members.length));
    const file = new FleetFile(dataDir, () => ({
      demoPid: process.pid,
      serverPid: this.#server?.pid,
      url: serverUrl,
      processes: this.#fleet?.entries() ?? [],
    }));
    const fleet = new Fleet(members, this.#texts, this.#say, () => file.update());
    this.#fleet = fleet;
    this.#fleetFile = file;
    if (this.#stopped) throw new DemoFailure(this.#texts.stopping);
    fleet.start();
    return fleet;
  }
}
