import { Global, Module } from '@nestjs/common';
import { ChartRead } from './chart.read.ts';
import { EnvironmentTrafficRead } from './environment-traffic.read.ts';
import { IncidentController } from './incident.controller.ts';
import { IncidentRead } from './incident.read.ts';
import { Markers } from './markers.ts';
import { RecordingsOfNodes } from './recordings-of-nodes.ts';
import { ResourcesRead } from './resources.read.ts';
import { RollupStore } from './rollup.store.ts';
import { TrafficController } from './traffic.controller.ts';
import { Traffic } from './traffic.ts';
import { TrafficRetention } from './traffic-retention.ts';

/** What calls come to: told by instances each second, kept in memory for an hour and as sums in the database. */
@Global()
@Module({
  controllers: [TrafficController, IncidentController],
  providers: [
    Traffic,
    RollupStore,
    ResourcesRead,
    ChartRead,
    EnvironmentTrafficRead,
    IncidentRead,
    RecordingsOfNodes,
    Markers,
    TrafficRetention,
  ],
  exports: [Traffic, RecordingsOfNodes, ResourcesRead, Markers],
})
export class TrafficModule {}
