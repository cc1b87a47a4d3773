import { namesOf } from '../consequence.js';
import { defineRule } from '../rule.js';

export const noLockTimeout = defineRule({
  id: 'no-lock-timeout',
  level: 'warning',
  engines: ['postgres', 'mysql', 'mariadb'],
  title: 'waits for locks without a limit',

  *check({ statements, lockTimeout }) {
    if (lockTimeout !== undefined) return;
    // on MySQL and MariaDB every change of a table begins and ends with a lock on all of it
    const waiting = statements.flatMap(({ tables, algorithm }) =>
      tables.filter(({ blocks, lock }) => algorithm !== null || (lock !== null && (blocks.reads || blocks.writes))),
    );
    if (waiting.length === 0) return;
    yield {
      message: `Statements lock ${namesOf(waiting)}, and wait without a limit behind a transaction that is open for long. All requests that come later wait behind them.`,
      instead:
        'Set the option ddl: { lockTimeout: 2_000 }: a statement that waits longer gives way, and is tried again.',
    };
  },
});
