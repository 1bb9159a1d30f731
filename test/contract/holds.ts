import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ORDINARY } from './clauses/words.js';
import { CONTRACT, type Scene } from './contract.js';
import type { Connection, Driver } from './driver.js';
import { hostileModel, type Model, tinyModel } from './model.js';
import { answered } from './reading.js';

/** Tests that a platform does all that the contract says, but for what it lacks. Each has a file of its own. */
export function expectToHold(driver: Driver): void {
  const ordinaryModel = tinyModel();
  let hostile: Model;
  let connection: Connection;
  let hostileConnection: Connection;
  let ordinary: ReturnType<Scene['ordinary']> | undefined;
  beforeAll(async () => {
    hostile = await hostileModel();
    connection = await driver.connect(ordinaryModel);
    hostileConnection = await driver.connect(hostile);
  });
  afterEach(() => ordinaryModel.core.release());
  afterAll(async () => {
    await Promise.all([connection.close(), hostileConnection.close()]);
    await Promise.all([ordinaryModel.core.close(), hostile.core.close()]);
    expect([connection.faults(), hostileConnection.faults()]).toEqual([[], []]);
  });

  async function askOrdinary() {
    const room = await connection.room();
    await room.command(ORDINARY);
    const [answer] = await answered(room);
    return { room, answer: answer! };
  }

  for (const clause of CONTRACT) {
    test(clause.states, async ({ skip }) => {
      for (const need of clause.needs ?? []) {
        const reason = driver.lacks[need];
        if (reason !== undefined) skip(reason);
      }
      const { core, connected } = clause.hostile
        ? { core: hostile.core, connected: hostileConnection }
        : { core: ordinaryModel.core, connected: connection };
      await clause.holds({
        core,
        room: await connected.room(),
        another: () => connected.room(),
        ordinary: () => {
          ordinary ??= askOrdinary();
          return ordinary;
        },
      });
    });
  }
}
