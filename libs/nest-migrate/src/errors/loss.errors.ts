import { MigrationError } from './migration.error.js';
import { command, type Wording, worded } from './wording.js';

/** Why a command that would lose everything in a database is refused. */
export type LossRefusal =
  | {
      /** The database is marked as one that must not be lost. */
      readonly kind: 'production';
      /** What says so, such as `NODE_ENV is production`. */
      readonly because: string;
    }
  | {
      /** Another name was typed than that of the database. */
      readonly kind: 'otherName';
      /** That name. */
      readonly typed: string;
    };

/** Thrown where `downgrade` refuses to undo every revision that is applied. Nothing was undone. */
export class DowngradeRefusedError extends MigrationError {
  readonly code = 'DOWNGRADE_REFUSED';

  constructor(
    /** The name of that database. */
    readonly database: string,
    /** The target as it was typed. */
    target: string,
    /** Why. */
    readonly refusal: LossRefusal,
  ) {
    super(
      ...refusedLoss(database, refusal, {
        loss: 'have every revision undone',
        done: 'undone',
        way: ['downgrade', target],
      }),
    );
  }
}

/** How the error of a command words such a refusal. */
export interface LossWords {
  /** What the database would do: `lose all that it holds`. */
  readonly loss: string;
  /** The participle of what the command does: `dropped`. */
  readonly done: string;
  /** The command, without the option that names the database. */
  readonly way: readonly [command: string, ...words: string[]];
}

/** The problem and its cure. */
export function refusedLoss(
  database: string,
  refusal: LossRefusal,
  { loss, done, way }: LossWords,
): readonly [problem: string, options: { readonly cure: string | Wording }] {
  if (refusal.kind === 'otherName') {
    return [
      `This is the database '${database}', and '${refusal.typed}' was named. Nothing was ${done}.`,
      { cure: 'Name the database that is meant, or correct the MikroORM configuration.' },
    ];
  }
  return [
    `The database '${database}' would ${loss}, and ${refusal.because}.`,
    { cure: worded`If that is meant, name it: ${command(...way, '--database', shellWord(database))}.` },
  ];
}

function shellWord(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : JSON.stringify(name);
}
