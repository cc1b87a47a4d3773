/** What the supervisor is told to run; a file of its own, since importing supervisor.ts would run it. */
export interface Supervised {
  readonly command: string;
  readonly args: readonly string[];
  /** Removed in the end. */
  readonly folder: string;
  readonly logFile: string;
  readonly stopSignal: NodeJS.Signals;
  readonly uid?: number;
  readonly gid?: number;
}
