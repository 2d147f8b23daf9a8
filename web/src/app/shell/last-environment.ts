const storageKey = 'sluice.environment';

/** The environment that was looked at last in this browser. */
export const lastEnvironment = (): string | undefined => localStorage.getItem(storageKey) ?? undefined;
export const keepEnvironment = (name: string): void => localStorage.setItem(storageKey, name);
