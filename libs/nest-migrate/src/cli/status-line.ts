import { type OutputStream } from './streams.js';

/** Back to the line's beginning, and nothing on it. */
const CLEAR = '\r\u001b[2K';

/**
 * A stream whose last line is rewritten in its place, on a terminal. What else is written goes above it, so long as
 * it goes through here.
 */
export class StatusLine implements OutputStream {
  #shown: string | undefined;
  /** Whether a part of a line has been written, which may be continued. */
  #isBegun = false;

  constructor(private readonly stream: Omit<OutputStream, 'write'> & { write(...written: unknown[]): unknown }) {}

  get isTTY(): boolean | undefined {
    return this.stream.isTTY;
  }

  get columns(): number | undefined {
    return this.stream.columns;
  }

  /** @param written As a stream of Node.js takes it: text or bytes, and maybe what to call when it has been written. */
  write(...written: [text: string | Uint8Array, ...unknown[]]): boolean {
    return this.around(() => this.stream.write(...written), written[0]) as boolean;
  }

  /** Does something that writes `text` to the same terminal. */
  around<T>(write: () => T, text: string | Uint8Array): T {
    if (text.length === 0) return write();
    const shown = this.#shown;
    this.clear();
    const result = write();
    this.#isBegun = !endsLine(text);
    if (shown !== undefined) this.show(shown);
    return result;
  }

  /** @param line One line that fits, without control characters except for colours. */
  show(line: string): void {
    if (this.#isBegun || line === this.#shown) return;
    this.stream.write(`${CLEAR}${line}`);
    this.#shown = line;
  }

  clear(): void {
    if (this.#shown !== undefined) this.stream.write(CLEAR);
    this.#shown = undefined;
  }
}

function endsLine(text: string | Uint8Array): boolean {
  return text.at(-1) === '\n' || text.at(-1) === 10;
}
