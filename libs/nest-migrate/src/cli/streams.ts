/** Where text goes: a `process.stdout`, or anything that collects what is written to it. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal, in characters. */
  readonly columns?: number;
}

/** Where answers are typed: a `process.stdin`, or anything of `node:stream` that can be read. */
export interface InputStream {
  readonly isTTY?: boolean;
  on(event: string, listener: (...values: never[]) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** The streams of one `db` command. */
export interface DbCommandStreams {
  /** Receives results and nothing else. */
  readonly stdout: OutputStream;
  /** Receives progress, warnings, errors and Nest's log. */
  readonly stderr: OutputStream;
  /** Answers questions, where it is a terminal. Without it none is asked. */
  readonly stdin?: InputStream;
}
