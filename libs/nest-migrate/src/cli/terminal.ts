import { createInterface } from 'node:readline';
import { styleText } from 'node:util';
import { scrub } from './scrub.js';
import { type DbCommandStreams, type OutputStream } from './streams.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The mouth of a command: results to stdout, all else to stderr without passwords; colours only on a terminal. */
export class Terminal {
  /** Whether notes are kept back: progress and hints, while results, warnings and errors are always told. */
  quiet = false;

  constructor(
    private readonly streams: DbCommandStreams,
    readonly env: Environment,
  ) {}

  /** The width for help, in characters. */
  get width(): number {
    return this.streams.stdout.columns ?? 80;
  }

  /** Whether somebody sits there who can answer. */
  get interactive(): boolean {
    return this.streams.stdin?.isTTY === true && this.streams.stderr.isTTY === true;
  }

  /** Whether the environment asks for stack traces. */
  get debugging(): boolean {
    return isSet(this.env['DEBUG']);
  }

  /** Part of the command's result, as it is. */
  write(text: string): void {
    this.streams.stdout.write(text);
  }

  /** A line of the command's result. */
  result(line: string): void {
    this.write(`${line}\n`);
  }

  /** Text that is not the result, as it is. */
  writeNote(text: string): void {
    this.streams.stderr.write(scrub(text));
  }

  /** A line that is not the result: progress, a hint. */
  note(line: string): void {
    if (!this.quiet) this.writeNote(`${line}\n`);
  }

  warning(line: string): void {
    this.writeNote(`${this.paint('yellow', 'Warning:')} ${line}\n`);
  }

  failure(line: string): void {
    this.writeNote(`${this.paint('red', 'Error:')} ${line}\n`);
  }

  /** A further line of a failure. */
  detail(line: string): void {
    this.writeNote(`${line}\n`);
  }

  /**
   * Asks, and answers the line that was typed; empty where the input ended.
   *
   * @throws the signal's reason where it fires first.
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    const { stdin, stderr } = this.streams;
    if (stdin === undefined) return '';
    signal.throwIfAborted();
    stderr.write(question);
    // not as a terminal: Ctrl-C stays the process's signal
    const lines = createInterface({ input: stdin, terminal: false });
    try {
      return await new Promise<string>((resolve, reject) => {
        lines.once('line', resolve).once('close', () => resolve(''));
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    } finally {
      lines.close();
    }
  }

  private paint(colour: 'red' | 'yellow', text: string): string {
    return isColourful(this.streams.stderr, this.env) ? styleText(colour, text, { validateStream: false }) : text;
  }
}

function isColourful(stream: OutputStream, env: Environment): boolean {
  return stream.isTTY === true && !isSet(env['NO_COLOR']) && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
