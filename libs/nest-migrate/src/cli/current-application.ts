import { ServicesUnavailableError } from '../errors/runtime.errors.js';
import { type ServiceSource } from '../commands/command-context.js';
import { ableToBuild, type BuildOnScratch } from '../nest/db-command-mode.js';
import { type MigrationService } from '../nest/migration.service.js';
import { type MigrationCommands } from './connections.js';

/** An application, or a part of one, whose providers are there. */
export interface StartedApplication {
  serviceOf(contextName: string | undefined): MigrationService;
  /** Its providers, for revisions. */
  readonly providers: ServiceSource;
  /** Closes every ORM. */
  close(): Promise<void>;
}

/**
 * The application behind the `db` commands: at first the part that migrations need, and the whole once a planned
 * revision asks for a service. The command is then given to the whole, whose own ORM the services inject; nothing of
 * it has run by then.
 */
export class CurrentApplication {
  #whole: Promise<StartedApplication> | undefined;

  /**
   * @param slice The part that is there.
   * @param start How other ones are started.
   */
  constructor(
    private readonly slice: StartedApplication,
    private readonly start: {
      /** Starts the whole; the part is closed by then, since an embedded database has one user only. */
      readonly whole: (cause: ServicesUnavailableError) => Promise<StartedApplication>;
      /** Builds the whole on a scratch database, beside the part. */
      readonly onScratch: BuildOnScratch;
    },
  ) {}

  /** The commands of one connection, whichever application serves them. */
  commandsOf(contextName: string | undefined): MigrationCommands {
    return new Proxy<MigrationCommands>(this.slice.serviceOf(contextName), {
      get: (target, property) => {
        if (typeof Reflect.get(target, property) !== 'function') return undefined;
        return (...args: unknown[]) => this.#call(contextName, property, args);
      },
    });
  }

  async close(): Promise<void> {
    const whole = await this.#whole?.catch(() => undefined); // the command has failed with it already
    await (whole ?? this.slice).close();
  }

  async #call(contextName: string | undefined, method: string | symbol, args: readonly unknown[]): Promise<unknown> {
    const on = (application: StartedApplication): Promise<unknown> => {
      const service = application.serviceOf(contextName);
      const implementation = Reflect.get(service, method) as (...args: unknown[]) => Promise<unknown>;
      return ableToBuild(this.start.onScratch, () => implementation.apply(service, [...args]));
    };
    if (this.#whole !== undefined) return on(await this.#whole);
    try {
      return await on(this.slice);
    } catch (error) {
      if (!(error instanceof ServicesUnavailableError)) throw error;
      this.#whole ??= this.slice.close().then(() => this.start.whole(error));
      return on(await this.#whole);
    }
  }
}
