import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { databases } from '../support/databases.js';

const PLACE = '{"slack":{}}';

describe.each(databases)('unfinished answers in $name', ({ fresh }) => {
  test('how far an answer came survives a restart, and one process takes it over', async () => {
    const location = await fresh();
    const first = await openStore(location);
    await first.unfinished.begin({ id: 'a', owner: 'killed', line: 'scale=4', place: PLACE });
    await first.unfinished.begin({ id: 'b', owner: 'alive', line: 'models', place: PLACE });
    const progress = { stage: 'announced', title: 'A title', line: 'feature 10 777', place: '{}' } as const;
    await first.unfinished.advance('a', 'killed', progress);
    await first.unfinished.advance('b', 'another', progress);
    await first.close();

    const { unfinished, close } = await openStore(location);
    const [a, b] = await unfinished.all();
    expect(a).toEqual({ id: 'a', owner: 'killed', beat: 0, ...progress });
    expect(b).toMatchObject({ id: 'b', stage: 'asked', line: 'models', title: '' });
    expect(await Promise.all([unfinished.take(a!, 'one'), unfinished.take(a!, 'two')])).toContain(false);
    expect((await unfinished.all())[0]!.owner).toMatch(/one|two/);
    await unfinished.beat('alive');
    expect(await unfinished.take(b!, 'one')).toBe(false);
    await unfinished.end('b', 'one');
    expect(await unfinished.all()).toHaveLength(2);
    await unfinished.end('b', 'alive');
    expect(await unfinished.all()).toHaveLength(1);
    await close();
  });
});
