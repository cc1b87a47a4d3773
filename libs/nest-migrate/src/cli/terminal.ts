import { columnsOf, type Environment, isSet, type Page, pageOf } from './palette.js';
import { type StyledLine, written } from './present/styled-line.js';
import { printable, printableJson } from './printable.js';
import { scrub } from './scrub.js';
import { StatusLine } from './status-line.js';
import { type DbCommandStreams } from './streams.js';

export type { Environment } from './palette.js';

/** What a result that is kept for a file is laid out for: no terminal. */
const nowhere = { write: (): void => undefined, isTTY: false };

/** The mouth of a command: results to stdout, all else to stderr without passwords; colours only on a terminal. */
export class Terminal {
  /** Whether notes are kept back: progress and hints, while results, warnings and errors are always told. */
  quiet = false;

  /** Whether a program reads the result: nothing but one JSON value goes to stdout then. */
  asJson = false;

  readonly #notes: StatusLine;
  #collected: { text: string } | undefined;

  constructor(
    private readonly streams: DbCommandStreams,
    readonly env: Environment,
  ) {
    this.#notes = streams.stderr instanceof StatusLine ? streams.stderr : new StatusLine(streams.stderr);
  }

  /** The width for help, in characters. */
  get width(): number {
    return columnsOf(this.streams.stdout);
  }

  /** How results are laid out. */
  get resultPage(): Page {
    return pageOf(this.#collected === undefined ? this.streams.stdout : nowhere, this.env);
  }

  /** Keeps what would go to stdout from now on, for a file. */
  collect(): { readonly text: string } {
    return (this.#collected = { text: '' });
  }

  /** How everything else is. */
  get notePage(): Page {
    return pageOf(this.streams.stderr, this.env);
  }

  /** Whether a person is there to answer a question. */
  get interactive(): boolean {
    return this.streams.stdin?.isTTY === true && this.streams.stderr.isTTY === true;
  }

  /** Whether the environment asks for stack traces. */
  get debugging(): boolean {
    return isSet(this.env['DEBUG']);
  }

  /** Part of what was asked for, as it is. */
  write(text: string): void {
    if (this.#collected !== undefined) {
      this.#collected.text += text;
      return;
    }
    const { stdout } = this.streams;
    // on a terminal it is the same that the notes are on
    if (stdout.isTTY === true) this.#notes.around(() => stdout.write(text), text);
    else stdout.write(text);
  }

  /** A line of the command's result in words: none where JSON was asked for. */
  result(line: string): void {
    if (!this.asJson) this.write(`${printable(line, this.resultPage.isColourful)}\n`);
  }

  /** A script for a client to run, to the letter: none where JSON was asked for. */
  script(text: string): void {
    if (!this.asJson) this.write(`${text.trimEnd()}\n`);
  }

  /** The command's result for programs, where JSON was asked for. */
  json(value: unknown): void {
    if (this.asJson) this.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
  }

  /** Text that is not the result. */
  writeNote(text: string): void {
    this.#notes.write(printable(scrub(text), this.notePage.isColourful));
  }

  /** A line that is not the result: progress, a hint. */
  note(line: string): void {
    if (!this.quiet) this.writeNote(`${line}\n`);
  }

  /** Whether {@link Terminal.status} shows anything: a person is there, and the terminal can go back on a line. */
  get showsStatus(): boolean {
    const isDumb = this.env['TERM'] === 'dumb' || isSet(this.env['CI']);
    return this.streams.stderr.isTTY === true && !isDumb && !this.quiet;
  }

  /** The line that is rewritten in its place, below all others; `undefined` takes it away. */
  status(line: StyledLine | undefined): void {
    if (line === undefined) this.#notes.clear();
    else if (this.showsStatus) {
      const { paint, width = 0 } = this.notePage;
      // a terminal goes to the next line where the last column is written
      this.#notes.show(
        written(
          line.map(([style, text]) => [style, scrub(text)]),
          { paint, width: width - 1 },
        ),
      );
    }
  }

  warning(line: string): void {
    this.writeNote(`${this.notePage.paint('warning', 'Warning:')} ${line}\n`);
  }

  failure(line: string): void {
    this.writeNote(`${this.notePage.paint('failure', 'Error:')} ${line}\n`);
  }

  /** A further line of a failure. */
  detail(line: string): void {
    this.writeNote(`${line}\n`);
  }

  /**
   * Asks, and returns the line that was typed; empty where the input ended.
   *
   * @throws the signal's reason where it fires first.
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    const { stdin } = this.streams;
    if (stdin === undefined) return '';
    // few commands ask
    const { createInterface } = await import('node:readline');
    signal.throwIfAborted();
    this.#notes.write(question);
    // not as a terminal: Ctrl-C stays the process's signal
    const lines = createInterface({ input: stdin as unknown as NodeJS.ReadableStream, terminal: false });
    try {
      return await new Promise<string>((resolve, reject) => {
        lines.once('line', resolve).once('close', () => resolve(''));
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    } finally {
      lines.close();
    }
  }
}
