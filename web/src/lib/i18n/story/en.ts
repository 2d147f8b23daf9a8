const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const story = {
  intro:
    "An evening of the bookstore, in chapters, on its running processes. Nothing is staged: what came of a chapter is measured. It changes the demo's own values, slows its payments down on purpose and kills its server.",
  none: 'This server has no story',
  noneHint: 'The story belongs to the demo. Start it with npm run demo, then it can be played here.',
  notForYou: 'This page is not for you',
  play: (chapters: number, shops: number) => `Play the story: ${chapters} chapters, on ${shops} shops`,
  playAgain: (chapters: number, shops: number) =>
    `Play the story again: ${chapters} chapters, on ${shops} shops`,
  stop: 'Stop the story',
  pace: 'Pace',
  paces: { reader: 'With time to look around', fast: 'As fast as it goes' },
  states: {
    waiting: 'Not played yet',
    playing: (chapter: number, of: number, title: string) => `Chapter ${chapter} of ${of} plays: ${title}`,
    between: 'Time to look around; the next chapter begins by itself',
    stopping: 'Stopping: what is in force on a part is being taken back',
    cameTrue: (chapters: number) => `All ${chapters} chapters came true`,
    notTrue: (chapters: number) =>
      chapters === 1 ? '1 chapter did not come true' : `${chapters} chapters did not come true`,
    stopped: 'Stopped. What all instances have got stays; what was in force on a part is taken back.',
  },
  startedBy: (by: string) => `begun by ${by}`,
  chapters: 'Chapters',
  chapterStates: {
    waiting: 'to come',
    playing: 'plays',
    cameTrue: 'came true',
    notTrue: 'not true',
    left: 'not played',
  },
  took: seconds,
  pages: {
    push: 'See the push',
    drill: 'See the drill',
    namespace: 'See the namespace',
    resource: 'See the resource',
    instances: 'See the instances',
    page: 'See the page',
  },
  commands: 'The same on the command line',
  inTerminal: 'The same in the terminal, with a new demo',
};
