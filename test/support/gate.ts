/** A lock that a test has and a revision's statement waits for: the statement takes as long as the test wants. */
import { setTimeout as pause } from 'node:timers/promises';
import { adminQuery, type ServerEngine, type TestDatabase } from './databases.ts';
import { processLists } from './engines.ts';
import { openTransaction } from './open-transaction.ts';

const POSTGRES_KEY = 4711;

export interface Gate {
  /** How many statements wait at the moment. */
  waiting(): Promise<number>;
  /** Resolves once that many statements wait. */
  reached(count?: number): Promise<void>;
  /** Lets all of them go on; once more does nothing. */
  open(): Promise<void>;
}

const waitingQuery: Readonly<Record<ServerEngine, string>> = {
  postgres: `select count(*) as n from pg_stat_activity where datname = ? and wait_event = 'advisory'`,
  mysql: `select count(*) as n from ${processLists.mysql} where db = ? and state = 'User lock'`,
  mariadb: `select count(*) as n from ${processLists.mariadb} where db = ? and state = 'User lock'`,
};

/** The statement of a revision that waits until the gate of its database is open. */
export function gateStatement(engine: ServerEngine, database: string): string {
  if (engine === 'postgres') return `select pg_advisory_xact_lock(${POSTGRES_KEY})`;
  return `do get_lock('${nameOf(database)}', 600)`;
}

export async function closeGate(database: TestDatabase): Promise<Gate> {
  const engine = database.engine as ServerEngine;
  const open = await openTransaction(database, gateStatement(engine, database.name));
  let isOpen = false;
  const waiting = async (): Promise<number> => {
    const [row] = await adminQuery(engine, waitingQuery[engine], [database.name]);
    return Number(row?.['n']);
  };
  return {
    waiting,
    async reached(count = 1) {
      while ((await waiting()) < count) await pause(50);
    },
    async open() {
      if (engine !== 'postgres' && !isOpen) await open.execute(`do release_lock('${nameOf(database.name)}')`);
      isOpen = true;
      await open.end();
    },
  };
}

function nameOf(database: string): string {
  return `gate ${database}`;
}
