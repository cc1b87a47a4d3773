/** Alembic, in a process of its own that is told what to do line by line: `alembic/engine.py`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { type Engine } from '../../test/support/databases.ts';
import { type Tool } from './round-trip.ts';
import { type SqlAlchemyTables } from './sqlalchemy-tables.ts';

/** Which side of which row. */
export interface AlembicVersion {
  readonly row: string;
  readonly side: 'before' | 'after';
}

interface Answer {
  readonly error?: string;
  readonly names?: readonly string[];
  readonly versions?: string;
  readonly remaining?: string;
  readonly upgrade?: string;
  readonly downgrade?: string;
}

export class Alembic {
  private readonly process: ChildProcess;
  private readonly lines: Interface;
  private readonly answers: AsyncIterator<string>;

  /** @param python the interpreter of an environment that has Alembic, SQLAlchemy and a driver. */
  constructor(python: string, database: { readonly engine: Engine; readonly env: Readonly<Record<string, string>> }) {
    this.process = spawn(python, ['-B', join(import.meta.dirname, 'alembic', 'engine.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...database.env },
    });
    this.lines = createInterface({ input: this.process.stdout! });
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  private async ask(question: object): Promise<Answer> {
    this.process.stdin!.write(`${JSON.stringify(question)}\n`);
    const next = await this.answers.next();
    if (next.done === true) throw new Error('the process that runs Alembic has ended');
    const answer = JSON.parse(next.value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** The rows that are declared in SQLAlchemy. */
  async rows(): Promise<ReadonlySet<string>> {
    return new Set((await this.ask({ do: 'rows' })).names);
  }

  async versions(): Promise<string> {
    return (await this.ask({ do: 'versions' })).versions ?? '';
  }

  get tool(): Tool<AlembicVersion> {
    return {
      migrate: async (to) => {
        const { remaining } = await this.ask({ do: 'migrate', ...to });
        if (remaining === '') return 'nothing';
        return {
          downgrade: async () => void (await this.ask({ do: 'downgrade' })),
          again: async () => void (await this.ask({ do: 'again' })),
        };
      },
      remaining: async (to) => (await this.ask({ do: 'remaining', ...to })).remaining ?? '',
    };
  }

  /** The tool for schemas that are described as data. */
  get described(): Tool<SqlAlchemyTables> {
    const run = async (code: string | undefined): Promise<void> => void (await this.ask({ do: 'run', code }));
    return {
      migrate: async (tables) => {
        const { upgrade = '', downgrade } = await this.ask({ do: 'migrate', tables });
        if (upgrade === '') return 'nothing';
        return { downgrade: () => run(downgrade), again: () => run(upgrade) };
      },
      remaining: async (tables) => (await this.ask({ do: 'remaining', tables })).remaining ?? '',
    };
  }

  async end(): Promise<void> {
    const exited = once(this.process, 'exit');
    this.process.stdin!.end();
    await exited;
  }
}
