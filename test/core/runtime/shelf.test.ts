import { expect, test } from 'vitest';
import { ModelShelf } from '../../../src/core/runtime/opened/shelf.js';
import type { ModelSource } from '../../../src/core/weights/files/source.js';

const sizes: Record<string, number> = { small: 100, middle: 300, large: 800 };
const source = (id: string, dtype: ModelSource['dtype'] = 'float32'): ModelSource => ({
  id,
  folder: `/models/${id}`,
  prepared: '',
  dtype,
  release: '',
  saes: {},
});

function makeShelf() {
  const events: string[] = [];
  let held = 0;
  const shelf = new ModelShelf(
    async ({ id, dtype }) => {
      const name = dtype === 'float32' ? id : `${id} ${dtype}`;
      const bytes = sizes[id]!;
      held += bytes;
      events.push(`open ${name}`);
      const close = async () => {
        held -= bytes;
        events.push(`close ${name}`);
      };
      return { name, close };
    },
    async ({ id }) => sizes[id]!,
  );
  return { shelf, events, held: () => held };
}

test('a model that is open is not opened again', async () => {
  const { shelf, events } = makeShelf();
  const first = await shelf.get(source('small'), 1000);
  expect(await shelf.get(source('small'), 1000)).toBe(first);
  expect(events).toEqual(['open small']);
});

test('models stay open as long as they fit together, one of another dtype beside its like', async () => {
  const { shelf, events, held } = makeShelf();
  for (const one of [source('small'), source('middle'), source('middle', 'q8')]) await shelf.get(one, 1000);
  expect(events).toEqual(['open small', 'open middle', 'open middle q8']);
  expect(held()).toBe(700);
});

test('two models with the weights of one folder and other SAEs are two', async () => {
  const { shelf, events } = makeShelf();
  const other = { ...source('middle'), folder: '/models/small', release: 'other' };
  const first = await shelf.get(source('small'), 1000);
  expect(await shelf.get(other, 1000)).not.toBe(first);
  expect(await shelf.get(source('small'), 1000)).toBe(first);
  expect(events).toEqual(['open small', 'open middle']);
  expect(shelf.names()).toEqual(['middle', 'small']);
});

test('the one used longest ago makes room, and only as many as must, before the new one is opened', async () => {
  const { shelf, events } = makeShelf();
  await shelf.get(source('small'), 1000);
  await shelf.get(source('middle'), 1000);
  await shelf.get(source('small'), 1000);
  await shelf.get(source('large'), 1000);
  expect(events).toEqual(['open small', 'open middle', 'close middle', 'open large']);
});

test('a model that does not fit alone is refused with what to do, and nothing leaves for it', async () => {
  const { shelf, events } = makeShelf();
  await shelf.get(source('small'), 500);
  await expect(shelf.get(source('large'), 500)).rejects.toThrow(
    /raise inference\.memoryMegabytes.*smaller dtype/,
  );
  expect(events).toEqual(['open small']);
});

test('closing closes all', async () => {
  const { shelf, held } = makeShelf();
  await shelf.get(source('small'), 1000);
  await shelf.get(source('middle'), 1000);
  await shelf.close();
  expect(held()).toBe(0);
});
