import { Global, Module } from '@nestjs/common';
import { ChartRead } from './chart.read.ts';
import { Markers } from './markers.ts';
import { ResourcesRead } from './resources.read.ts';
import { RollupStore } from './rollup.store.ts';
import { TrafficController } from './traffic.controller.ts';
import { Traffic } from './traffic.ts';
import { TrafficRetention } from './traffic-retention.ts';

/** What calls come to: told by instances each second, kept in memory for an hour and as sums in the database. */
@Global()
@Module({
  controllers: [TrafficController],
  providers: [Traffic, RollupStore, ResourcesRead, ChartRead, Markers, TrafficRetention],
  exports: [Traffic, ResourcesRead, Markers],
})
export class TrafficModule {}
