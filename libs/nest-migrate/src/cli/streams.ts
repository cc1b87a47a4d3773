/** Where text goes: a `process.stdout`, or anything that collects what is written to it. */
export interface OutputStream {
  /** Writes a text. What it returns is not used. */
  write(text: string): unknown;
  /** Whether it is a terminal, which gets colours and a status line. Default: false. */
  readonly isTTY?: boolean;
  /** The width of the terminal, in characters. */
  readonly columns?: number;
}

/** Where replies are typed: a `process.stdin`, or anything of `node:stream` that can be read. */
export interface InputStream {
  /** Whether it is a terminal. Questions are asked only of one. Default: false. */
  readonly isTTY?: boolean;
  /** Adds a listener, as of `node:events`. */
  on(event: string, listener: (...values: never[]) => void): unknown;
  /** Stops reading, so that the process can end. */
  pause(): unknown;
  /** Continues to read. */
  resume(): unknown;
}

/** The streams of one `db` command. */
export interface DbCommandStreams {
  /** Receives results and nothing else. */
  readonly stdout: OutputStream;
  /** Receives progress, warnings, errors and Nest's log. */
  readonly stderr: OutputStream;
  /** Where the replies to prompts are read, if it is a terminal. Without it there are no prompts. */
  readonly stdin?: InputStream;
}
