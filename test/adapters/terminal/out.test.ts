import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { glossConfiguration } from '../../support/glossModel.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { ghosttree, ghosttreeProcess } from '../../support/terminal.js';
import { fixture } from '../../support/tinyModel.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const QUICK = ['cutoff=0.05', 'tokens=5'];

describe('what was computed is told', () => {
  test('a dream that finds nothing says so, and that there is no picture', async () => {
    const cwd = await temporaryFolder();
    // Gloss has dead features; this is one.
    const args = ['dream', '0', '38', 'budget=1000', 'length=2', '--out', 'o.png'];
    const { code, stdout, stderr } = await ghosttree(args, { cwd, config: glossConfiguration() });
    expect(stdout).toContain('No text that was tried activates this feature');
    expect(stdout).toMatch(/^Repeat: /m);
    expect(stderr).toContain('ghosttree: No picture was written: this answer has nothing to draw.\n');
    expect([code, await readdir(cwd)]).toEqual([1, []]);
  });

  test('a folder where nothing may be written still gets the text, and what could not be written', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'tiny-gpt2-L0-F7-encoder-cutoff0.05-tokens5.png'));
    const { code, stdout, stderr } = await ghosttree(['feature', '0', '7', ...QUICK], { cwd });
    expect(stdout).toContain('Token list');
    expect(stdout).not.toContain('Picture: ');
    expect(stderr).toMatch(
      /^ghosttree: tiny-gpt2-L0-.*\.png cannot be written: a folder has that name \(EISDIR\)/m,
    );
    expect(code).toBe(0);
  });

  test('a person without permission gets the text', async () => {
    const cwd = await temporaryFolder();
    await chmod(cwd, 0o555);
    // The superuser may write everywhere, so this runs as nobody where it can.
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [resolve('dist/src/main.js'), 'feature', '0', '7', ...QUICK],
      {
        cwd,
        ...nobody,
        encoding: 'utf8',
        env: { ...process.env, HOME: '/tmp', GHOSTTREE_CONFIG: fixture('config') },
      },
    );
    expect(stdout).toContain('Token list');
    expect(stderr).toMatch(/png cannot be written: no permission \(EACCES\)/);
    expect(status).toBe(0);
  });

  test('whatever the file system says is told in one line', async () => {
    const cwd = await temporaryFolder();
    await symlink('loop', join(cwd, 'loop'));
    const { code, stderr } = await ghosttree(['feature', '0', '7', '--out', 'loop/x.png'], { cwd });
    expect(stderr).toMatch(
      /^ghosttree: x\.png cannot be written: the system refuses it \(ELOOP\)\. Name another/,
    );
    expect(code).toBe(2);
  });

  test('a command without pictures refuses one at once', async () => {
    const { code, stderr, stdout } = await ghosttree(['help', '--out', 'x.png']);
    expect(stderr).toMatch(/^ghosttree: This command draws no picture: leave --out out/);
    expect([stdout, code]).toEqual(['', 2]);
  });
});

describe('--out goes by the ending', () => {
  test.each(['x.gif', 'x.html', 'x', '.png', 'x.PDF'])('%s is refused before any work', async (out) => {
    const cwd = await temporaryFolder();
    const { code, stdout, stderr } = await ghosttree(['feature', '0', '7', '--out', out], { cwd });
    expect(stderr).toMatch(
      /^ghosttree: --out .*: it writes a picture \(\.png, \.svg, \.scene\.json\), the report \(\.json\) or the text \(\.txt\)/,
    );
    expect([stdout, code, await readdir(cwd)]).toEqual(['', 2, []]);
  });

  test('json, txt and PNG in capitals', async () => {
    const cwd = await temporaryFolder();
    const ask = (out: string) => ghosttree(['feature', '0', '7', ...QUICK, '--out', out], { cwd });
    expect((await ask('x.json')).stdout).toContain('\nReport: x.json\n');
    expect(JSON.parse(await readFile(join(cwd, 'x.json'), 'utf8'))).toMatchObject({
      schema: 'ghosttree/feature@2',
    });
    const { stdout } = await ask('x.txt');
    const text = await readFile(join(cwd, 'x.txt'), 'utf8');
    expect(text).toContain('Token list');
    expect(stdout.startsWith(text)).toBe(true);
    await ask('X.PNG');
    expect((await readFile(join(cwd, 'X.PNG'))).subarray(0, 4)).toEqual(PNG);
    expect((await readdir(cwd)).sort()).toEqual(['X-tree.PNG', 'X.PNG', 'x.json', 'x.txt']);
  });

  test('svg and scenes, each with what else is drawn beside it', async () => {
    const cwd = await temporaryFolder();
    const ask = (out: string) => ghosttree(['feature', '0', '7', ...QUICK, '--out', out], { cwd });
    expect((await ask('x.svg')).stdout).toContain('\nPicture: x.svg\nPicture: x-tree.svg\n');
    await ask('x.scene.json');
    expect((await readdir(cwd)).sort()).toEqual(['x-tree.scene.json', 'x-tree.svg', 'x.scene.json', 'x.svg']);
    const svg = await readFile(join(cwd, 'x.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*>\n<title id="title">tiny-gpt2-L0-F7-/);
    const scene = JSON.parse(await readFile(join(cwd, 'x.scene.json'), 'utf8'));
    expect(scene).toMatchObject({ width: 1500, panels: expect.any(Array) });
  });

  test('a file that may not be changed is known before the work', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'x.png/below'), { recursive: true });
    await writeFile(join(cwd, 'file'), '');
    const { code, stderr } = await ghosttree(['feature', '0', '7', '--out', 'file/x.png'], { cwd });
    expect(stderr).toMatch(/x\.png cannot be written/);
    expect(code).toBe(2);
  });

  test('- is standard output: the picture alone, the text on standard error', async () => {
    const cwd = await temporaryFolder();
    const args = [resolve('dist/src/main.js'), 'feature', '0', '7', ...QUICK, '--out', '-'];
    const env = { ...process.env, GHOSTTREE_CONFIG: fixture('config') };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, env });
    expect(stdout.subarray(0, 4)).toEqual(PNG);
    expect(stdout.subarray(-8, -4).toString('latin1')).toBe('IEND');
    expect(stderr.toString()).toMatch(
      /^tiny-gpt2 · layer 0 · feature 7[\s\S]*Token list[\s\S]*\nRepeat: [^\n]*\n$/,
    );
    expect([status, await readdir(cwd)]).toEqual([0, []]);
  });

  test('- is refused together with --json', async () => {
    const { code, stderr } = await ghosttree(['feature', '0', '7', '--json', '--out', '-']);
    expect(stderr).toMatch(/^ghosttree: Standard output takes one of both/);
    expect(code).toBe(2);
  });
});

describe('the file name holds every option that changes the picture', () => {
  const names = new Set<string>();
  test.each(['scale=3', 'list=hybrid', 'theme=light', 'prune=grey', 'clamp=1', `prompt=So {ghost} is "`])(
    '%s',
    async (change) => {
      const cwd = await temporaryFolder();
      expect((await ghosttree(['feature', '0', '7', ...QUICK, change], { cwd })).code).toBe(0);
      const [tree, name, ...others] = (await readdir(cwd)).sort();
      expect(tree).toBe(name!.replace(/\.png$/, '-tree.png'));
      expect([others, names.has(name!)]).toEqual([[], false]);
      names.add(name!);
      if (change === 'scale=3') expect(name).toBe('tiny-gpt2-L0-F7-encoder-scale3-cutoff0.05-tokens5.png');
      if (change.startsWith('prompt=')) expect(name).toMatch(/-prompt-[0-9a-f]{8}\.png$/);
    },
  );
});

test('two runs that write one file at once leave one whole picture', async () => {
  const cwd = await temporaryFolder();
  const ask = () => ghosttreeProcess(['feature', '0', '7', ...QUICK, '--out', 'one.png'], { cwd });
  const runs = await Promise.all([ask(), ask()]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect((await readdir(cwd)).sort()).toEqual(['one-tree.png', 'one.png']);
  expect((await readFile(join(cwd, 'one.png'))).subarray(-8, -4).toString('latin1')).toBe('IEND');
});
