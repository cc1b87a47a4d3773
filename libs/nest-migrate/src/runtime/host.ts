import { type Wording } from '../errors/wording.js';

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
  /**
   * From now on a process that ends says what `sentence` returns, unless that is nothing, and never ends with 0. Returns what
   * ends that. Absent where the process is somebody else's.
   */
  readonly watchExit?: (sentence: () => Wording | undefined) => () => void;
}
