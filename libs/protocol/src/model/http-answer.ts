const bodiless: readonly number[] = [204, 205, 304];

/** Whether an answer of this status may have a body: `fetch` makes no response of one that mustn't, and has one. */
export const mayHaveBody = (status: number): boolean => !bodiless.includes(status);

const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a header can be sent with this value: one line, of characters of one byte each. */
export const isHeaderValue = (value: string): boolean => sendable.test(value);
