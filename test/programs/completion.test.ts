import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree } from '../support/terminal.js';

const isInstalled = (shell: string) => spawnSync(shell, ['-c', 'exit']).status === 0;

/** What is typed, and what is offered: words that must be there, and one that must not. */
const CASES: [typed: string, offered: string[], not: string][] = [
  ['', ['feature', 'models', 'pull', 'completion'], 'theme=dark'],
  ['fea', ['feature'], 'models'],
  ['help pu', ['pull'], 'feature'],
  ['feature 0 7 we', ['weights=encoder', 'weights=decoder'], 'theme=dark'],
  ['feature 0 7 scale=b', ['scale=best'], 'scale=auto'],
  ['feature 0 7 model=', ['model=tiny-gpt2'], 'theme=dark'],
  ['feature 0 7 theme=l', ['theme=light'], 'theme=dark'],
  ['completion ', ['bash', 'zsh', 'fish'], 'feature'],
  ['pull layers=', ['layers=all'], 'feature'],
];

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout, stderr } = await ghosttree(['completion', shell]);
  expect([code, stderr]).toEqual([0, '']);
  const file = join(await temporaryFolder(), `completion.${shell}`);
  await writeFile(file, stdout);
  return file;
}

function expectOffered(words: readonly string[], [typed, offered, not]: (typeof CASES)[number]): void {
  expect(words, typed).toEqual(expect.arrayContaining(offered));
  expect(words, typed).not.toContain(not);
}

test('bash', async () => {
  const file = await scriptOf('bash');
  for (const entry of CASES) {
    // As readline takes a line apart: "=" is a word of its own.
    const typed = `ghosttree ${entry[0]}`;
    const words = typed
      .split(/ |(=)/)
      .filter((word, index, all) => word || (word === '' && index === all.length - 1));
    const script = `. ${file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ghosttree; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const key = /([\w-]+=)[^ ]*$/.exec(typed)?.[1] ?? '';
    expectOffered(
      stdout
        .trim()
        .split('\n')
        .map((word) => key + word),
      entry,
    );
  }
});

test.runIf(isInstalled('fish'))('fish', async () => {
  const file = await scriptOf('fish');
  const HOME = await temporaryFolder();
  for (const entry of CASES) {
    const script = `source ${file}; complete -C 'ghosttree ${entry[0]}'`;
    const env = { ...process.env, HOME };
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    expectOffered(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]!),
      entry,
    );
  }
});

test.runIf(isInstalled('zsh'))('zsh', async () => {
  const file = await scriptOf('zsh');
  const ZDOTDIR = await temporaryFolder();
  // A shell in a terminal of its own, in which the tab key is pressed.
  const setup = [
    'autoload -Uz compinit; compinit -u -D',
    `source ${file}`,
    "zstyle ':completion:*' list-separator ' -- '; LISTMAX=9999; unsetopt menucomplete automenu; PS1='ready> '; bindkey '^I' complete-word",
    // Shows what would be offered instead of a menu.
    `shows() { local -a offered; compadd() { local -a all; builtin compadd -O all "$@"; offered+=($all) }; _ghosttree; unfunction compadd; print -l -- $offered > $ZDOTDIR/offered; compstate[insert]= }`,
    'zle -C shows complete-word shows; bindkey "^T" shows',
  ].join('\n');
  await mkdir(ZDOTDIR, { recursive: true });
  await writeFile(join(ZDOTDIR, '.zshrc'), setup);
  for (const entry of CASES) {
    const script = `zmodload zsh/zpty; cd ${ZDOTDIR}; rm -f offered
zpty shell 'TERM=dumb COLUMNS=200 zsh -i'
zpty -r shell before '*ready> *'
zpty -w -n shell ${JSON.stringify(`ghosttree ${entry[0]}`)}$'\\x14'
for i in {1..100}; do [[ -s offered ]] && break; sleep 0.05; zpty -r -t shell more; done
cat offered`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, ZDOTDIR },
      timeout: 20_000,
    });
    expectOffered(stdout.trim().split('\n'), entry);
  }
});

test('another shell is refused with those that there are', async () => {
  for (const args of [
    ['completion'],
    ['completion', 'tcsh'],
    ['completion', 'constructor'],
    ['completion', 'bash', 'zsh'],
  ]) {
    const { code, stdout, stderr } = await ghosttree(args);
    expect(stderr).toMatch(
      /^ghosttree: completion takes one shell of bash, zsh, fish, as in: .* completion bash\n$/,
    );
    expect([code, stdout]).toEqual([2, '']);
  }
});
