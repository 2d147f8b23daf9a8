// In which order the files of the suite are run: those that work with processes, sockets and browsers first, the large
// ones before the small ones, and what runs in one process by itself last. These are short, so no worker is left alone
// at the end with a file that mostly waits.
import Sequencer from '@jest/test-sequencer';

export default class TestOrder extends Sequencer {
  sort(tests) {
    const isQuick = ({ context }) => context.config.displayName?.name === 'unit';
    return super.sort(tests).toSorted((a, b) => Number(isQuick(a)) - Number(isQuick(b)));
  }
}
