import { type BackfillProgress } from '../operations/backfill.js';
import { type MigrationEvent, type Step } from '../runtime/events.js';

/** How far a run is. */
export type RunStage =
  | { readonly stage: 'starting' }
  /** `number` is counted from 1. */
  | {
      readonly stage: 'verifying';
      readonly revision: string;
      readonly message: string;
      readonly number: number;
      readonly of: number;
    }
  /** Another process has the migration lock. */
  | { readonly stage: 'waiting for the migration lock' }
  /** Another process is to apply what is pending. */
  | { readonly stage: 'waiting for the database to be upgraded'; readonly pending: number }
  | {
      readonly stage: 'running';
      readonly step: Step;
      /** Counted from 1. */
      readonly number: number;
      readonly of: number;
      /** The statement that is executed at the moment. */
      readonly statement?: string;
      /** The backfill that is under way. */
      readonly backfill?: BackfillProgress;
    };

/** Finds out from the events of a run how far it is. */
export class RunProgress {
  #stage: RunStage = { stage: 'starting' };
  #steps = 0;

  get stage(): RunStage {
    return this.#stage;
  }

  hear(event: MigrationEvent): void {
    switch (event.type) {
      case 'lockWaiting':
        // also between two revisions, where each transaction takes the lock
        this.#stage = { stage: 'waiting for the migration lock' };
        break;
      case 'upgradeAwaited':
        this.#stage = { stage: 'waiting for the database to be upgraded', pending: event.pending.length };
        break;
      case 'lockAcquired':
        this.#stage = { stage: 'starting' };
        break;
      case 'planned':
        this.#steps = event.steps;
        break;
      case 'stepStarted':
        this.#stage = { stage: 'running', step: event.step, number: event.index + 1, of: this.#steps };
        break;
      case 'verifying': {
        const { revision, message, index, total } = event;
        this.#stage = { stage: 'verifying', revision, message, number: index + 1, of: total };
        break;
      }
      case 'statementStarted':
        if (this.#stage.stage === 'running') this.#stage = { ...this.#stage, statement: event.sql };
        break;
      case 'statementFinished':
        if (this.#stage.stage === 'running') this.#stage = { ...this.#stage, statement: undefined };
        break;
      case 'backfillStarted':
      case 'backfillProgress':
        if (this.#stage.stage === 'running') this.#stage = { ...this.#stage, backfill: event.progress };
        break;
      case 'backfillFinished':
        if (this.#stage.stage === 'running') this.#stage = { ...this.#stage, backfill: undefined };
        break;
      default:
    }
  }
}
