import { describe, expect, it } from '@jest/globals';
import { Events } from './events.ts';

function bench() {
  const threw: string[] = [];
  const events = new Events<{ told: (value: number) => void }>((event, error) =>
    threw.push(`${event} ${error instanceof Error ? error.message : error}`),
  );
  return { events, threw };
}

describe('events', () => {
  it('go on past a listener that throws, and say so', () => {
    const { events, threw } = bench();
    const heard: number[] = [];
    events.on('told', () => {
      throw new Error('bad');
    });
    events.on('told', (value) => heard.push(value));
    events.emit('told', 1);
    expect([heard, threw]).toEqual([[1], ['told bad']]);
  });

  it('say so of a listener that rejects, too, which would end the process otherwise', async () => {
    const { events, threw } = bench();
    events.on('told', async () => Promise.reject(new Error('late')));
    events.emit('told', 1);
    await new Promise(setImmediate);
    expect(threw).toEqual(['told late']);
  });

  it('are heard by those who were there when they were told', () => {
    const { events } = bench();
    const heard: string[] = [];
    const stop = events.on('told', () => {
      heard.push('first');
      stop();
      events.on('told', () => heard.push('third'));
    });
    events.on('told', () => heard.push('second'));
    events.emit('told', 1);
    events.emit('told', 2);
    expect(heard).toEqual(['first', 'second', 'second', 'third']);
  });
});
