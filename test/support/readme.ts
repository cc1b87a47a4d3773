/**
 * Runs what a README tells its readers to type, and compares it with what the README says they will see.
 *
 *     ```sh                       every command is run, in one shell from the first block to the last
 *     db upgrade
 *     db upgrade nosuch           # exit code 1
 *     ```
 *
 *     ```text                     right behind a block of commands: what they print, stdout and stderr as they come
 *     Running upgrade …
 *     ```
 *
 * A block of commands without such an answer has to succeed. Blocks in other languages are for the eye alone.
 */
import { PROCESS_LIMIT } from './limits.ts';
import { runProcess } from './processes.ts';

/** A block of commands, and what the README shows behind it. */
export interface ReadmeBlock {
  /** Where the block begins, counted from 1. */
  readonly line: number;
  readonly commands: readonly ReadmeCommand[];
  /** Without the line break at its end; `undefined` where nothing is shown. */
  readonly output?: string;
}

export interface ReadmeCommand {
  /** As a reader copies it, with the comment and over several lines where they end in `\`. */
  readonly text: string;
  /** What `# exit code 1` behind it says; 0 without. */
  readonly exitCode: number;
}

export interface RunReadmeOptions {
  readonly cwd: string;
  /** The environment; wins over what an `export NAME=…` of the README gives as an example. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the README tells in words, as a line of shell before the first block. */
  readonly prelude?: string;
  /** Parts of commands and what is run instead, where a test can't do the same. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Makes what must differ from run to run look as the README shows it. The working directory is `…` already. */
  readonly normalise?: (output: string) => string;
  /** Milliseconds for the whole; {@link PROCESS_LIMIT} unless told. */
  readonly timeout?: number;
}

/** One block as text: its commands with the exit codes they had, then the output. */
export interface BlockAnswer {
  readonly line: number;
  readonly commands: readonly string[];
  readonly output: string;
}

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  /** Whether nothing but empty lines stands between it and the fence before. */
  readonly follows: boolean;
}

/** Answers begin behind this character, which no program of ours prints. */
const MARK = '\u001e';

/** The blocks of commands in a README. */
export function readmeBlocks(markdown: string): readonly ReadmeBlock[] {
  const fences = fencesOf(markdown);
  return fences.flatMap((fence, index) => {
    if (fence.language !== 'sh') return [];
    const next = fences[index + 1];
    const output =
      next?.language === 'text' && next.follows ? { output: withoutBlanksAtEnds(next.lines.join('\n')) } : {};
    return [{ line: fence.line, commands: commandsOf(fence.lines), ...output }];
  });
}

function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined;
  let follows = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    const fence = /^```(\S*)/.exec(text);
    if (open === undefined) {
      if (fence) open = { line: index + 1, language: fence[1] ?? '', lines: [] };
      else if (text.trim() !== '') follows = false;
    } else if (fence) {
      fences.push({ ...open, follows });
      open = undefined;
      follows = true;
    } else open.lines.push(text);
  }
  return fences;
}

function commandsOf(lines: readonly string[]): readonly ReadmeCommand[] {
  const texts = lines.join('\n').match(/(?:[^\n]*\\\n)*[^\n]+/g) ?? [];
  return texts
    .filter((text) => !/^\s*(#|$)/.test(text))
    .map((text) => ({ text, exitCode: Number(/# exit code (\d+)/.exec(text)?.[1] ?? 0) }));
}

/** What the README shows, in the shape in which {@link runReadme} answers; blocks that show nothing have no output. */
export function shownBlocks(markdown: string): readonly BlockAnswer[] {
  return readmeBlocks(markdown).map(({ line, commands, output }) => ({
    line,
    commands: commands.map(({ text, exitCode }) => answered(text, exitCode)),
    output: output ?? '',
  }));
}

/** Runs all commands of a README in one shell, from its first block to its last, whatever they answer. */
export async function runReadme(markdown: string, options: RunReadmeOptions): Promise<readonly BlockAnswer[]> {
  const {
    cwd,
    env = {},
    prelude = '',
    instead = {},
    timeout = PROCESS_LIMIT,
    normalise = (output) => output,
  } = options;
  const blocks = readmeBlocks(markdown);
  const commands = blocks.flatMap((block) => block.commands);
  const script = [
    'exec 2>&1',
    prelude,
    `printf '${MARK}'`,
    ...commands.map(({ text }) => `${inShell(text, env, instead)}\nprintf '${MARK}%s\\n${MARK}' "$?"`),
  ];
  const { stdout } = await runProcess('bash', ['-c', script.join('\n')], { cwd, env, timeout });
  // before the first command, then an output and an exit code for each
  const [, ...answers] = stdout.split(MARK);
  let next = 0;
  return blocks.map((block) => {
    const outputs: string[] = [];
    const texts = block.commands.map(({ text }) => {
      outputs.push(answers[next] ?? '');
      const code = answers[next + 1]?.trim() ?? 'none: the shell had ended';
      next += 2;
      return answered(text, code);
    });
    const printed = withoutBlanksAtEnds(normalise(outputs.join('').replaceAll(cwd, '…')));
    return { line: block.line, commands: texts, output: block.output === undefined ? '' : printed };
  });
}

/** Of a text, and of each of its lines: nobody sees them, and editors take them away. */
function withoutBlanksAtEnds(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trimEnd();
}

function answered(text: string, code: string | number): string {
  return `${text} => ${code}`;
}

function inShell(
  text: string,
  env: Readonly<Record<string, string>>,
  instead: Readonly<Record<string, string>>,
): string {
  const command = Object.entries(instead).reduce((all, [part, other]) => all.replaceAll(part, other), text);
  if (!command.startsWith('export ')) return command;
  const others = command.replace(/\s(\w+)=\S+/g, (assignment, name: string) => (name in env ? '' : assignment));
  // alone it would print the environment, passwords and all
  return others.trim() === 'export' ? 'true' : others;
}
