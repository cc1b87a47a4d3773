import {
  ServiceNotExportedError,
  ServiceNotProvidedError,
  ServicesUnavailableError,
  ServiceUnresolvedError,
} from '../errors/runtime.errors.js';
import { type RevisionScript } from '../script/revision-script.js';
import { type CommandContext } from './command-context.js';
import { type ServiceToken } from './options.js';

/** The services of one run: resolved before its first step, and given to each revision that names them. */
export class RevisionServices {
  readonly #resolved = new Map<string, unknown>();

  constructor(private readonly context: CommandContext) {}

  /**
   * Resolves what revisions need, once for the run. Nothing of the run may have happened yet.
   *
   * @throws ServiceNotProvidedError, ServicesUnavailableError or ServiceUnresolvedError where one can't be had.
   */
  async prepare(scripts: readonly RevisionScript[]): Promise<void> {
    const source = this.context.services;
    for (const { id, services } of scripts) {
      const missing = services.filter((name) => !this.#resolved.has(name));
      const tokens = missing.map((name) => [name, this.#token(id, name)] as const);
      if (tokens.length === 0) continue;
      if ('reason' in source) throw new ServicesUnavailableError(id, services, source.reason, source.cure);
      for (const [name, token] of tokens) {
        const service = await source.resolve(token).catch((error: unknown) => {
          throw new ServiceUnresolvedError(id, name, error);
        });
        // Nest returns `undefined` while the provider is still being created
        if (service === undefined) throw new ServiceUnresolvedError(id, name, 'it is not there yet');
        this.#resolved.set(name, service);
      }
    }
  }

  /**
   * A service of a revision.
   *
   * @throws ServiceNotExportedError where the revision did not name it.
   */
  get({ id, services }: RevisionScript, name: string): unknown {
    if (!services.includes(name)) throw new ServiceNotExportedError(id, name, services);
    return this.#resolved.get(name);
  }

  #token(revision: string, name: string): ServiceToken {
    const { services } = this.context.options;
    const token = services.get(name);
    if (token === undefined) throw new ServiceNotProvidedError(revision, name, [...services.keys()]);
    return token;
  }
}
