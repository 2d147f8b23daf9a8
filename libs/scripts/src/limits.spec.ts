import { describe, expect, it } from '@jest/globals';
import { CpuBudget } from './cpu-budget.ts';
import { failure, failureText } from './failure.ts';
import { Fifo } from './fifo.ts';
import { Strikes } from './strikes.ts';

describe('strikes', () => {
  it('are three kills in a minute', () => {
    const strikes = new Strikes();
    expect([0, 1, 60_000].map((at) => strikes.add('kill', at))).toEqual([false, false, false]);
    expect(strikes.add('kill', 60_000.5)).toBe(true);
  });

  it('are ten timeouts in a minute', () => {
    const strikes = new Strikes();
    const all = Array.from({ length: 10 }, (_, n) => strikes.add('timeout', n));
    expect(all).toEqual([...Array<boolean>(9).fill(false), true]);
  });
});

describe('a budget of processor time', () => {
  it('fills up with time, to what one second gives', () => {
    const budget = new CpuBudget(50, 0);
    budget.take(50);
    expect(budget.hasAny(0)).toBe(false);
    expect(budget.hasAny(1)).toBe(true);
    budget.take(100);
    expect(budget.hasAny(1000)).toBe(false);
    expect(budget.hasAny(2002)).toBe(true);
    expect(budget.hasAny(1_000_000)).toBe(true);
    budget.take(50);
    expect(budget.hasAny(1_000_000)).toBe(false);
  });
});

describe('a queue', () => {
  it('gives back in order what it was given', () => {
    const queue = new Fifo<number>();
    const model: number[] = [];
    let given = 0;
    for (let step = 0; step < 20_000; step++) {
      if ((step * 7919) % 5 < 3) {
        queue.push(given);
        model.push(given++);
      } else expect(queue.shift()).toBe(model.shift());
      if (step % 97 === 0) {
        queue.unshift(-step);
        model.unshift(-step);
      }
      expect([queue.length, queue.first]).toEqual([model.length, model[0]]);
    }
    expect([...queue]).toEqual(model);
  });
});

describe('a failure in words', () => {
  it('says where, in both languages, and nothing that a terminal obeys', () => {
    const threw = failure('threw', { reason: 'a\u001b[2Jb' }, { line: 2, column: 5 });
    expect(failureText(threw, 'en')).toBe(
      'The script threw: a [2Jb. Its onError applied to this call. (line 2, column 5)',
    );
    expect(failureText(threw, 'zh')).toBe('脚本抛出错误：a [2Jb。本次调用按 onError 处理。 (第 2 行第 5 列)');
  });
});
