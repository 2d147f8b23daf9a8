// Sends back each frame that it gets, over the pipe of the script host's child.
import { readFrames, writeFrame } from '../../libs/scripts/src/child/pipe.mjs';

readFrames(writeFrame);
