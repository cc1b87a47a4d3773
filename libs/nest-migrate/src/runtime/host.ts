import { type Wording } from '../errors/wording.js';

/**
 * The process that migrations run in, as far as they may know it. Built at the entry points (`nest/`, `cli/`) and
 * passed down.
 */
export interface Host {
  /** The absolute working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program that runs this process: Node. */
  readonly execPath: string;
  readonly pid: number;
  readonly hostname: string;
  readonly user: string;
  /** What this process is doing, as shown to other processes: `db upgrade`, `the application`. */
  readonly activity: string;
  /**
   * Calls `sentence` when the process exits. If it returns something, the process prints that and does not exit with 0.
   * Returns a function that ends the watch. Absent where the process belongs to another program.
   */
  readonly watchExit?: (sentence: () => Wording | undefined) => () => void;
}
