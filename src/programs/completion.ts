import { listCommands } from '../../commands/index.js';
import type { HelpTopic } from '../../commands/line/command.js';
import { withinLimits } from '../../commands/line/options.js';
import { shellWord } from '../adapters/terminal/shell.js';
import { type Configuration, readConfiguration } from '../configuration/index.js';
import { InputError } from '../core/index.js';
import { SHELLS } from './options.js';

/** Flags of commands; `--out` and `-o` take a file. */
const FLAGS = ['--json', '--details', '--out', '--help'];

/** What can be typed after a command or program. */
interface Completed {
  name: string;
  summary: string;
  /** Words, options as `scale=`, and their values as `theme=dark`. */
  words: string[];
  /** Whether it takes the flags of commands. */
  isCommand: boolean;
}

/**
 * `ghosttree completion bash|zsh|fish`: prints a script that completes commands, programs, options, models and values.
 *
 * @throws {InputError} when no shell is named, or one without a script
 */
export async function printCompletion(
  words: readonly string[],
  programs: readonly HelpTopic[],
): Promise<void> {
  const [shell = '', ...unexpected] = words;
  const script = new Map(Object.entries({ bash, zsh, fish })).get(shell.toLowerCase());
  if (!script || unexpected.length > 0)
    throw new InputError(
      `completion takes one shell of ${SHELLS.join(', ')}, as in: ghosttree completion bash`,
    );
  process.stdout.write(script(completed(readConfiguration(), programs)));
}

/** What there is to complete, in the order of help. */
function completed({ models, settings }: Configuration, topics: readonly HelpTopic[]): Completed[] {
  const ids = [...models.keys()];
  const pulled = [...models.values()].filter(({ hub }) => hub).map(({ id }) => id);
  const optionWords = (options: HelpTopic['options']) =>
    options.flatMap(({ name, choices, range }) => {
      // A number may have words besides: "0.01..100 or auto or best".
      const wordsInRange = range.split(' or ').filter((word) => /^[a-z]+$/.test(word));
      const values = name === 'model' ? ids : (choices ?? wordsInRange);
      return values.length > 0 ? values.map((value) => `${name}=${value}`) : [`${name}=`];
    });
  const commands = listCommands().map((command) => {
    const options = optionWords(withinLimits(command.options, settings.limits));
    const first = command.name === 'help' ? [...listCommands(), ...topics].map(({ name }) => name) : [];
    return { ...command, words: [...(command.verbs ?? first), ...options], isCommand: true };
  });
  const programs = topics.map(({ name, summary, options }) => {
    const first = name === 'pull' || name === 'remove' ? pulled : name === 'completion' ? SHELLS : [];
    return { name, summary, words: [...first, ...optionWords(options)], isCommand: false };
  });
  return [...commands, ...programs];
}

function bash(entries: readonly Completed[]): string {
  return `# bash completion of ghosttree: source <(ghosttree completion bash)
_ghosttree() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" key= words=
  # bash takes "key=value" apart, unless "=" was taken from COMP_WORDBREAKS.
  if [[ $cur == = ]]; then key=$prev= cur=
  elif [[ $prev == = && $COMP_CWORD -ge 2 ]]; then key=\${COMP_WORDS[COMP_CWORD-2]}=
  fi
  COMPREPLY=()
  if [[ -z $key && ( $prev == --out || $prev == -o ) ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    words=${shellWord(entries.map(({ name }) => name).join(' '))}
  else
    case "\${COMP_WORDS[1]}" in
${entries.map((entry) => `      ${entry.name}) words=${shellWord(wordsOf(entry).join(' '))} ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$key$cur"))
  COMPREPLY=("\${COMPREPLY[@]#"$key"}")
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _ghosttree ghosttree
`;
}

function zsh(entries: readonly Completed[]): string {
  const described = entries.map(({ name, summary }) => shellWord(`${name.padEnd(14)}  ${summary}`));
  return `#compdef ghosttree
# zsh completion of ghosttree, after compinit: source <(ghosttree completion zsh)
_ghosttree() {
  local -a commands choices
  if (( CURRENT == 2 )); then
    commands=(${entries.map(({ name }) => name).join(' ')})
    choices=(${described.join(' ')})
    compadd -l -d choices -- $commands
    return
  fi
  if [[ $words[CURRENT-1] == (--out|-o) ]]; then
    _files
    return
  fi
  case $words[2] in
${entries.map((entry) => `    ${entry.name}) choices=(${wordsOf(entry).map(shellWord).join(' ')}) ;;`).join('\n')}
  esac
  compadd -S '' -- \${(M)choices:#*=}
  compadd -- \${choices:#*=}
}
compdef _ghosttree ghosttree
`;
}

function fish(entries: readonly Completed[]): string {
  const quote = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const lines = entries.flatMap((entry) => [
    `complete -c ghosttree -n __fish_use_subcommand -a ${entry.name} -d ${quote(entry.summary)}`,
    ...(entry.words.length > 0
      ? [
          `complete -c ghosttree -n ${quote(`__fish_seen_subcommand_from ${entry.name}`)} -a ${quote(entry.words.join(' '))}`,
        ]
      : []),
  ]);
  return `# fish completion of ghosttree: ghosttree completion fish > ~/.config/fish/completions/ghosttree.fish
complete -c ghosttree -f
${lines.join('\n')}
complete -c ghosttree -l json -d 'print the report'
complete -c ghosttree -l out -s o -r -F -d 'write into a file'
complete -c ghosttree -l help -s h -d 'how it is used'
`;
}

function wordsOf({ words, isCommand }: Completed): string[] {
  return [...words, ...(isCommand ? FLAGS : ['--help'])];
}
