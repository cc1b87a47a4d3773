import { errorText } from '../errors/thrown.js';
import { type ImportedStatement, type ImportedWork } from './imported-history.js';

/** Thrown into a migration that reads what it did, since nothing has run. */
export class ReadsError extends Error {
  constructor(
    /** What it reads, as the end of a sentence: `uses what this.execute() returns`. */
    readonly reason: string,
    /** The text by which its line is found. */
    readonly trace: RegExp,
  ) {
    super(`A migration that is recorded ${reason}.`);
  }
}

/** Thrown by a migration that is recorded where it does what has no SQL that could be known. */
export class NoSqlError extends Error {
  constructor(
    readonly reason: string,
    readonly cure: string,
    readonly trace: RegExp,
  ) {
    super(`A migration that is recorded ${reason}.`);
  }
}

/** What a migration did while it was recorded. The first thing that stands in the way counts, even where it was caught. */
export class Recorded {
  readonly statements: ImportedStatement[] = [];
  #obstacle: ReadsError | NoSqlError | undefined;

  get obstacle(): ReadsError | NoSqlError | undefined {
    return this.#obstacle;
  }

  /** Notes what stands in the way, and ends the migration. */
  stop(obstacle: ReadsError | NoSqlError): never {
    this.#obstacle ??= obstacle;
    throw obstacle;
  }

  /** Rows that nothing is known of. To wait for them is no use of them. */
  rows(obstacle: () => ReadsError | NoSqlError): unknown {
    return new Proxy([], {
      get: (_, property) => (property === 'then' ? undefined : this.stop(obstacle())),
      has: () => this.stop(obstacle()),
      ownKeys: () => this.stop(obstacle()),
      getOwnPropertyDescriptor: () => this.stop(obstacle()),
    });
  }

  /** An object of which everything is an obstacle but the members that are named. */
  guard<T extends object>(
    target: T,
    allowed: readonly string[],
    obstacle: (member: string) => ReadsError | NoSqlError,
  ): T {
    return new Proxy(target, {
      get: (_, property) => {
        if (typeof property === 'symbol' || property === 'then' || property === 'constructor') return undefined;
        if (!allowed.includes(property)) return this.stop(obstacle(property));
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
      },
    });
  }
}

/** A recording of one direction. */
export interface Recording {
  /** Runs the migration, and notes its statements. */
  readonly run: (recorded: Recorded) => Promise<void>;
  /** The text of the migration's file; empty where there is none. */
  readonly text: string;
  /** The name of the function that is run, `up` or `down`. */
  readonly direction: 'up' | 'down';
  /** Whether a class can be called in place of its SQL; else why not, and what to do. */
  readonly callable: true | { readonly because: string; readonly cure: string };
  /** The reason of a migration that refuses to be reverted; `undefined` for another error. */
  readonly refusal?: (error: unknown) => string | undefined;
}

/**
 * What a migration does in one direction: its SQL where that does not depend on what is in the database, on the
 * configuration, or on anything else that changes from one run to the next.
 */
export async function recordedWork(recording: Recording): Promise<ImportedWork> {
  const { text, direction, callable, refusal, run } = recording;
  const [first, second] = [new Recorded(), new Recorded()];
  const asCall = (reason: string, trace?: RegExp): ImportedWork => {
    if (callable === true) return { kind: 'class', reason };
    const line = trace === undefined ? undefined : lineOf(text, trace, direction);
    return { kind: 'obstacle', reason: `${reason}, and ${callable.because}`, cure: callable.cure, line };
  };
  for (const recorded of [first, second]) {
    let failure: { readonly error: unknown } | undefined;
    try {
      await run(recorded);
    } catch (error) {
      failure = { error };
    }
    const { obstacle } = recorded;
    if (obstacle instanceof NoSqlError) {
      const { reason, cure, trace } = obstacle;
      return { kind: 'obstacle', reason, cure, line: lineOf(text, trace, direction) };
    }
    if (obstacle !== undefined) return asCall(obstacle.reason, obstacle.trace);
    if (failure !== undefined) {
      const refused = refusal?.(failure.error);
      if (refused !== undefined) return { kind: 'irreversible', reason: refused };
      const line = lineOf(text, new RegExp(`\\b${direction}\\s*(?:=|\\()`), direction);
      const reason = `fails in ${direction}() without a database: ${errorText(failure.error).split('\n')[0] ?? ''}`;
      const cure = 'Let it do its work by SQL that does not depend on what it reads, or by this.execute().';
      return { kind: 'obstacle', reason, cure, line };
    }
  }
  const { statements } = first;
  const isSteady = textOf(statements) === textOf(second.statements);
  return isSteady ? { kind: 'sql', statements } : asCall('writes other SQL each time it runs');
}

function textOf(statements: readonly ImportedStatement[]): string {
  return JSON.stringify(statements, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** The line of a text in the file, within the function where it can be found there. */
function lineOf(text: string, trace: RegExp, direction: 'up' | 'down'): number | undefined {
  const begin = new RegExp(`\\b${direction}\\s*(?:=|\\()`).exec(text)?.index ?? 0;
  const within = trace.exec(text.slice(begin));
  const at = within === null ? trace.exec(text)?.index : begin + within.index;
  return at === undefined ? undefined : text.slice(0, at).split('\n').length;
}
