import { describe, expect, it } from '@jest/globals';
import { CompiledSchema } from './compiled-schema.ts';

const schema = new CompiledSchema({ type: 'object', properties: { a: { type: 'number' } } }, 'schema');

describe('a compiled schema', () => {
  it('says what does not fit', () => {
    expect(schema.faults({ a: 1 })).toEqual([]);
    expect(schema.faults({ a: 'x' })).toMatchObject([{ path: ['a'] }]);
  });

  it('lets nothing through when its own check fails', () => {
    const data = Object.defineProperty({}, 'a', {
      get: () => {
        throw new ReferenceError('items0 is not defined');
      },
      enumerable: true,
    });
    const [fault] = schema.faults(data);
    expect(fault).toMatchObject({ path: [], problem: 'schema' });
    expect(fault?.message).toContain('items0 is not defined');
    expect(fault?.zh).toContain('无法用于校验');
  });
});
