export { type ManualClock, manualClock } from './manual-clock.ts';
export { type TestFault, type TestSluice, type TestValues, testSluice } from './test-sluice.ts';
