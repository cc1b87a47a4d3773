/** Where text goes: a `process.stdout`, or anything that collects what is written to it. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** The width of the terminal, in characters. */
  readonly columns?: number;
}

/** The streams of one `db` command. */
export interface DbCommandStreams {
  /** Receives results and nothing else. */
  readonly stdout: OutputStream;
  /** Receives progress, warnings, errors and Nest's log. */
  readonly stderr: OutputStream;
  /** Answers questions, where it is a terminal. Without it none is asked. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}
