export const ENV = Symbol('Env');
export const LOGGER = Symbol('Logger');
