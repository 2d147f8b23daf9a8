// A server that runs a drill and beats for it, until somebody kills it. Prints its address.
import { FakeServer } from './fake-server.ts';
import { breaksAll, leaseMs } from './fault-drill.ts';

const server = await new FakeServer().start();
console.log(server.url);
await server.hears('hello');
await server.hears('ack');
server.tell('faults', { version: 1, leaseMs, drills: [breaksAll('d1')] });
setInterval(() => server.tell('faults', { version: 1, leaseMs }), 1000);
