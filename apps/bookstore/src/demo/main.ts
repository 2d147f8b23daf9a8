import type { Pace, StoryPlayer } from '../story/player.ts';
import { storyTextsIn } from '../story/texts.ts';
import { Demo } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import { languageOf } from './language.ts';
import { asksForHelp, type DemoOptions, readOptions } from './options.ts';
import { textsIn } from './texts.ts';

const language = languageOf(process.env);
const texts = textsIn(language);
const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);
const toStdout = (line: string): void => void process.stdout.write(`${line}\n`);

// Whoever read the output may be gone; the bookstore goes on all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const options = optionsOrExit();
// With --headless a program reads stdout, and gets its one line and nothing else.
const say = options.headless ? toStderr : toStdout;
const demo = new Demo(options, texts, say);

/** A terminal and npm may both pass one Ctrl+C on; a later one means: at once. */
const oneWishMs = 1000;
let stopping = false;
/** A story that did not come true is an error, also when somebody has looked around afterwards. */
let failedStory = false;
let stoppingSince = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (stopping) {
      if (performance.now() - stoppingSince > oneWishMs) process.exit(130);
      return;
    }
    stopping = true;
    stoppingSince = performance.now();
    say(texts.stopping);
    void end(failedStory ? 1 : 0);
  });

try {
  const { url, token, facts } = await demo.start();
  const player = demo.offerStory(language, (told) => {
    if (options.headless && options.story !== 'none') toStdout(JSON.stringify(told));
  });
  if (!stopping) {
    if (options.headless) toStdout(JSON.stringify({ ready: true, url, token }));
    else toStdout(texts.ready(facts));
  }
  if (!stopping && options.story !== 'none')
    await tellStory(player, options.story === 'fast' ? 'fast' : 'reader');
} catch (error) {
  // What fails because it is being stopped has not failed.
  if (!stopping) {
    stopping = true;
    toStderr(error instanceof DemoFailure ? error.message : String((error as Error).stack ?? error));
    await end(1);
  }
}

/** A program that reads along gets a line of JSON for each chapter, and the end; a person may look around afterwards. */
async function tellStory(player: StoryPlayer, pace: Pace): Promise<void> {
  const ended = await player.play('npm run demo', pace);
  failedStory = ended !== 'cameTrue';
  if (stopping) return;
  if (!options.headless) return say(storyTextsIn(language).goesOn);
  stopping = true;
  await end(failedStory ? 1 : 0);
}

async function end(code: number): Promise<void> {
  await demo.stop();
  if (code === 0 || failedStory) say(texts.stopped(options.dataDir));
  process.exit(code);
}

function optionsOrExit(): DemoOptions {
  if (asksForHelp(process.argv.slice(2))) {
    toStdout(texts.help);
    return process.exit(0);
  }
  try {
    return readOptions(process.argv.slice(2), texts, process.cwd());
  } catch (error) {
    toStderr((error as Error).message);
    return process.exit(2);
  }
}
