/** An option as it is typed, of its name in code: `guardrailsOff` is `guardrails-off`. */
export const optionName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
