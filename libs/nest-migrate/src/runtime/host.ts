/** The process that migrations run in, as far as they may know it. Built at the doors (`nest/`, `cli/`), handed down. */
export interface Host {
  /** The absolute working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program that runs this process: Node. */
  readonly execPath: string;
  readonly pid: number;
  readonly hostname: string;
  readonly user: string;
  /** What this process is doing, in words for others: `db upgrade`, `the application`. */
  readonly activity: string;
}
