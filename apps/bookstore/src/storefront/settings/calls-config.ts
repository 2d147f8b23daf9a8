import { DynamicConfig, DynamicValue } from '@sluice/nest';

/** How long the storefront waits for others. */
@DynamicConfig('calls')
export class CallsConfig {
  @DynamicValue({ min: 10, max: 10_000 }) readonly stockTimeoutMs: number = 250;
  @DynamicValue({ min: 10, max: 10_000 }) readonly accountsTimeoutMs: number = 800;
}
