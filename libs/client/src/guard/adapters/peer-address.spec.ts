import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { peerAddress } from './peer-address.ts';

describe('peerAddress', () => {
  it('is the address at the other end, for as long as the connection is there and after', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = ['127.0.0.1', '127.0.0.2', '127.0.0.1'].map((localAddress) =>
      connect({ port, host: '127.0.0.1', localAddress }),
    );
    const sockets: Socket[] = [];
    while (sockets.length < clients.length) sockets.push(...((await once(server, 'connection')) as Socket[]));
    try {
      for (const socket of sockets) expect(peerAddress(socket)).toBe(socket.remoteAddress);
      expect(sockets.map(peerAddress).sort()).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.2']);
      sockets[0]!.destroy();
      await once(sockets[0]!, 'close');
      expect(peerAddress(sockets[0]!)).toMatch(/^127\.0\.0\.[12]$/);
    } finally {
      for (const socket of [...clients, ...sockets]) socket.destroy();
      server.close();
    }
  });

  it('is nobody where a connection was gone before it was asked', () => {
    expect(peerAddress({ remoteAddress: undefined } as Socket)).toBeUndefined();
  });

  it('is that of IPv4 where the server takes both kinds', () => {
    expect(peerAddress({ remoteAddress: '::ffff:10.0.0.1' } as Socket)).toBe('10.0.0.1');
    expect(peerAddress({ remoteAddress: '2001:db8::1' } as Socket)).toBe('2001:db8::1');
  });

  it('tells very many apart', () => {
    for (let i = 0; i < 3000; i++) {
      const socket = { remoteAddress: `10.0.${i >> 8}.${i & 255}` } as Socket;
      expect([peerAddress(socket), peerAddress(socket)]).toEqual([
        socket.remoteAddress,
        socket.remoteAddress,
      ]);
    }
  });
});
