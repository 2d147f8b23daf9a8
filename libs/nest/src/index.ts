export { BlockedErrorFilter } from './blocked-error.filter.ts';
export { ConfigClassError } from './config-class-error.ts';
export type { ValueOptions } from './config-notes.ts';
export { DynamicConfig } from './dynamic-config.ts';
export type { DynamicConfigOptions } from './dynamic-config-options.ts';
export { DynamicValue } from './dynamic-value.ts';
export { OnChange } from './on-change.ts';
export { Protect } from './protect.ts';
export { SluiceInterceptor } from './sluice.interceptor.ts';
export {
  SluiceModule,
  type SluiceModuleAsyncOptions,
  type SluiceModuleOptions,
} from './sluice.module.ts';
export { type SluiceHealth, SluiceHealthIndicator } from './sluice-health.ts';
export { InjectSluice, SLUICE } from './sluice-token.ts';
