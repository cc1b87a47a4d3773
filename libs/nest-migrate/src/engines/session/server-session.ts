/** The server's side of a session. */
export interface ServerSession {
  /** A query for the number by which the server and the driver identify the session. */
  readonly number: string;
  /** The server setting that ended the session, where the code of the error tells. */
  endedBy(error: unknown): string | undefined;
}
