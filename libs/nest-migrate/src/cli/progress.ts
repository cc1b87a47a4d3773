import { type MigrationEvent } from '../commands/command-context.js';
import { RunProgress } from '../commands/run-progress.js';
import { progressLine } from './present/progress-line.js';
import { type Terminal } from './terminal.js';

/** What takes less than this leaves the terminal as it is. */
const SHOW_AFTER_MS = 1_000;
const UPDATE_EVERY_MS = 200;

/** The first that is heard of a run; other commands have events as well. */
const beginnings: ReadonlySet<MigrationEvent['type']> = new Set([
  'lockWaiting',
  'lockAcquired',
  'planned',
  'verifying',
]);

/** Keeps a line on the terminal that says how far a run is, from a second after its beginning until it is ended. */
export class Progress {
  readonly #run = new RunProgress();
  #started: number | undefined;
  #shown = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param connection Named where there are several. */
  constructor(
    private readonly terminal: Terminal,
    private readonly connection: string | undefined,
  ) {}

  hear(event: MigrationEvent): void {
    this.#run.hear(event);
    // a database in this process keeps timers from running while it works
    const isDue =
      event.type === 'stepStarted' || event.type === 'verifying' || performance.now() - this.#shown >= UPDATE_EVERY_MS;
    if (this.#timer !== undefined && isDue) this.#show();
    if (this.#started !== undefined || !this.terminal.showsStatus || !beginnings.has(event.type)) return;
    this.#started = performance.now();
    this.#timer = setInterval(() => this.#show(), UPDATE_EVERY_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.terminal.status(undefined);
  }

  #show(): void {
    const now = performance.now();
    const elapsed = now - (this.#started ?? now);
    if (elapsed < SHOW_AFTER_MS) return;
    this.#shown = now;
    this.terminal.status(progressLine(this.#run.stage, elapsed, this.connection));
  }
}
