import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder } from '../../src/configuration/dataFolder.js';
import { modelsFolder } from '../../src/configuration/environment.js';

const home = (folder: string) => () => folder;

test.each<[NodeJS.Platform, Record<string, string>, string, string]>([
  ['linux', {}, '/home/ada', '/home/ada/.local/share/ghosttree'],
  ['freebsd', {}, '/home/ada', '/home/ada/.local/share/ghosttree'],
  ['linux', { XDG_DATA_HOME: '/srv/data' }, '/home/ada', '/srv/data/ghosttree'],
  ['linux', { XDG_DATA_HOME: 'data' }, '/home/ada', '/home/ada/.local/share/ghosttree'],
  ['linux', { XDG_DATA_HOME: '' }, '/home/ada', '/home/ada/.local/share/ghosttree'],
  ['linux', { LOCALAPPDATA: '/elsewhere' }, '/home/ada', '/home/ada/.local/share/ghosttree'],
  ['darwin', {}, '/Users/ada', '/Users/ada/Library/Application Support/ghosttree'],
  ['darwin', { XDG_DATA_HOME: '/srv/data' }, '/Users/ada', '/srv/data/ghosttree'],
  ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\ghosttree'],
  ['win32', { LOCALAPPDATA: 'D:\\ada' }, 'C:\\Users\\ada', 'D:\\ada\\ghosttree'],
])('on %s with %j the data folder is where people look for it', (platform, variables, folder, expected) => {
  expect(dataFolder(variables, platform, home(folder))).toBe(expected);
});

test('a user without a home folder is told which variable helps, unless it is set', () => {
  const nobody = () => {
    throw new Error('ENOENT: no such file or directory, uv_os_homedir');
  };
  expect(() => dataFolder({}, 'linux', nobody)).toThrow(/no home folder .*: set GHOSTTREE_MODELS/);
  expect(dataFolder({ XDG_DATA_HOME: '/srv/data' }, 'linux', nobody)).toBe('/srv/data/ghosttree');
});

test('models lie in the data folder, or where GHOSTTREE_MODELS says, never beside the program', () => {
  expect(modelsFolder({ XDG_DATA_HOME: '/srv/data' })).toBe('/srv/data/ghosttree/models');
  expect(modelsFolder({ XDG_DATA_HOME: '/srv/data', GHOSTTREE_MODELS: '/models' })).toBe('/models');
  expect(modelsFolder({}).startsWith(join(homedir(), '/'))).toBe(true);
});
