/** Whether whoever runs the tests has time: figures of the size that is promised instead of a sample of it. */
export const isLong: boolean = process.env.SLUICE_LONG_TESTS === '1';
