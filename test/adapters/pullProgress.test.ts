import { expect, test } from 'vitest';
import { PullProgressBars } from '../../src/adapters/terminal/pullProgress.js';
import { durationText, sizeText } from '../../src/text/units.js';

function stream(isTTY: boolean) {
  const written: string[] = [];
  const fake = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  return { written, bars: new PullProgressBars(fake as unknown as NodeJS.WriteStream) };
}

const PROGRESS = {
  step: 'fetching model.safetensors',
  share: 0.5,
  bytes: { done: 250e6, total: 500e6 },
  overall: { done: 250e6, total: 1e9, fetched: 250e6 },
};

test('a terminal gets a bar for the file and one for all, which are taken away', () => {
  const { written, bars } = stream(true);
  bars.update(PROGRESS);
  expect(written).toEqual([
    `${'█'.repeat(10)}${'░'.repeat(10)} 250.0 MB of 500.0 MB fetching model.safetensors\n${'█'.repeat(5)}${'░'.repeat(15)} 250.0 MB of 1.0 GB altogether`,
  ]);
  bars.update(PROGRESS);
  expect(written).toHaveLength(1);
  bars.say('a line');
  expect(written.slice(1)).toEqual(['\r\x1b[K\x1b[A\x1b[K', 'a line\n']);
});

test('elsewhere it is a line now and then', () => {
  const { written, bars } = stream(false);
  bars.update(PROGRESS);
  bars.update(PROGRESS);
  bars.clear();
  expect(written).toEqual([
    'fetching model.safetensors: 250.0 MB of 500.0 MB; altogether: 250.0 MB of 1.0 GB\n',
  ]);
});

test('steps that do not go by bytes are told as a share', () => {
  const { written, bars } = stream(false);
  bars.update({ step: 'quantising the weights (q8)', share: 0.333 });
  expect(written).toEqual(['quantising the weights (q8): 33 %\n']);
});

test('sizes and times are written as people do', () => {
  expect([999, 1234, 18.9e6, 5.03e9].map(sizeText)).toEqual(['999 B', '1.2 kB', '18.9 MB', '5.0 GB']);
  expect([8e3, 60e3, 200e3, 3.9e6, 7.2e6].map(durationText)).toEqual([
    '8 s',
    '1 min',
    '3 min 20 s',
    '1 h 5 min',
    '2 h',
  ]);
});
