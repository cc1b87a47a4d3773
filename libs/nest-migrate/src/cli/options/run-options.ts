import { Misuse } from '../definition/misuse.js';
import { choice, flag, type Option, text } from '../definition/option.js';

const lockWaitTimeout: Option<number> = {
  flags: '--lock-wait-timeout <ms>',
  description: 'how long to wait for another process that migrates',
  read: (typed) => {
    if (/^\d{1,12}$/.test(typed)) return Number(typed);
    throw new Misuse(`--lock-wait-timeout needs a number of milliseconds, not '${typed}'`);
  },
};

/** Of a command that takes the migration lock. */
export const lockOptions = { lockWaitTimeout };

/** Of a command that can write a script instead of connecting. */
export const sqlOptions = { sql: flag('--sql', 'write the SQL to stdout and connect to no database') };

/** Of a command that moves the rows of the version table. */
export const runOptions = {
  ...sqlOptions,
  tag: text('--tag <text>', 'free text for the revisions, in op.tag'),
  ...lockOptions,
};

/** Of a command that runs revisions. */
export const stepOptions = {
  interrupted: choice(
    '--interrupted <skip|repeat>',
    'the statement that a run died at, where nothing tells: it took effect, or it did not',
    ['skip', 'repeat'],
  ),
  ...runOptions,
};
