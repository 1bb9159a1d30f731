import { expect, test } from 'vitest';
import { once, PromiseMemo } from '../../src/async/promiseMemo.js';

test('what belongs to a key is made once, for all who ask', async () => {
  const memo = new PromiseMemo<string, object>();
  let made = 0;
  const make = async () => ({ made: ++made });
  const [first, second] = await Promise.all([memo.get('a', make), memo.get('a', make)]);
  expect(second).toBe(first);
  expect(await memo.get('a', make)).toBe(first);
  expect(await memo.get('b', make)).toEqual({ made: 2 });
  expect(await Promise.all(memo.all())).toEqual([{ made: 1 }, { made: 2 }]);
});

test('a failure reaches all who asked meanwhile, and is forgotten', async () => {
  const memo = new PromiseMemo<string, string>();
  let isThere = false;
  let tries = 0;
  const read = async () => {
    tries++;
    if (!isThere) throw new Error('not there yet');
    return 'there';
  };
  const both = [memo.get('a', read), memo.get('a', read)];
  for (const one of both) await expect(one).rejects.toThrow('not there yet');
  expect(tries).toBe(1);
  expect(memo.all()).toEqual([]);
  isThere = true;
  expect(await memo.get('a', read)).toBe('there');
});

test('one thing is made once, and again after a failure', async () => {
  let tries = 0;
  const third = once(async () => {
    if (++tries < 3) throw new Error(`try ${tries}`);
    return tries;
  });
  await expect(third()).rejects.toThrow('try 1');
  await expect(third()).rejects.toThrow('try 2');
  expect(await third()).toBe(3);
  expect(await third()).toBe(3);
});
