import { type Kept, type Settings, type SessionSettings } from '../engines/session/settings.js';
import { SettingNotRestoredError } from '../errors/runtime.errors.js';
import { type Session } from './ports.js';

/** An expression that has its expected value as long as the settings of a session are as they were. */
export interface Glance {
  readonly expression: string;
  readonly expected: string | null;
}

/** A setting that depends on another one may need more than one round. */
const ROUNDS = 4;

/**
 * The settings of a session before a revision changed any. They are restored one by one, by value: a command that
 * resets all of them at once would also release the migration lock, or reset what the application sets for each new
 * connection.
 */
export class SessionBaseline {
  readonly #settings: Map<string, string | null>;
  /** Names of settings that no session can set. */
  readonly #fixed = new Set<string>();
  /** Names of settings that the engine lists nowhere, and that a revision's statements have named. */
  readonly #unlisted = new Set<string>();
  #leftovers: readonly string[] = [];
  #look: { readonly query: string; readonly answer: string | null } | undefined;
  #glance: Glance | undefined;

  private constructor(
    private readonly session: Session,
    private readonly engine: SessionSettings,
    settings: Settings,
  ) {
    this.#settings = new Map(settings);
  }

  static async of(session: Session, engine: SessionSettings): Promise<SessionBaseline> {
    const baseline = new SessionBaseline(session, engine, await engine.read(session));
    await baseline.#lookAgain();
    baseline.#leftovers = (await engine.leftovers?.(session)) ?? [];
    return baseline;
  }

  /** Reads the settings that SQL is about to set and that the engine lists nowhere. */
  async before(sql: string): Promise<void> {
    const names = this.engine.unlistedIn?.(sql).filter((name) => !this.#settings.has(name)) ?? [];
    if (names.length === 0) return;
    const now = await this.engine.read(this.session, names);
    for (const name of names) {
      this.#settings.set(name, now.get(name) ?? null);
      this.#unlisted.add(name);
    }
    // what they return does not cover these settings
    this.#look = undefined;
    this.#glance = undefined;
  }

  /** What SQL that runs now is sure to leave as it is. */
  keptBy(sql: string): Kept {
    return this.engine.keptBy?.(sql) ?? 'nothing';
  }

  /** What rides along with another statement to see whether the settings are as they were. */
  async glance(): Promise<Glance | undefined> {
    if (this.engine.glance === undefined) return undefined;
    if (this.#glance === undefined) {
      // else it would take what has been set meanwhile for what was there before
      await this.putBack();
      const expression = this.engine.glance(this.#present, [...this.#unlisted]);
      this.#glance = { expression, expected: await this.session.value(`select ${expression} as settings`) };
    }
    return this.#glance;
  }

  /** What the session has gained since, other than settings. */
  async leftovers(): Promise<readonly string[]> {
    const now = (await this.engine.leftovers?.(this.session)) ?? [];
    return now.filter((leftover) => !this.#leftovers.includes(leftover));
  }

  /**
   * Restores the settings that differ. Takes one query where none does.
   *
   * @throws SettingNotRestoredError naming a setting that could not be restored.
   */
  async putBack(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      if (this.#look !== undefined && (await this.session.value(this.#look.query)) === this.#look.answer) return;
      const now = await this.#read();
      const changed = this.#changed(now);
      for (const name of changed) await this.#set(name, now.get(name) ?? null);
      if (changed.length > 0) continue;
      // the settings that differ now are new, or the same for all sessions
      for (const [name, value] of now) if (!this.#settings.has(name)) this.#settings.set(name, value);
      return this.#lookAgain();
    }
    const [name = ''] = this.#changed(await this.#read());
    if (name !== '') throw new SettingNotRestoredError(name, this.#settings.get(name) ?? null, 'it did not stay');
  }

  #read(): Promise<Settings> {
    return this.engine.read(this.session, [...this.#unlisted]);
  }

  #changed(now: Settings): readonly string[] {
    const changed = [...this.#settings]
      .filter(([name, value]) => !this.#fixed.has(name) && now.has(name) && now.get(name) !== value)
      .filter(([name, value]) => this.engine.restore(name, value, now.get(name) ?? null).length > 0)
      .map(([name]) => name);
    const identity = changed.filter((name) => this.engine.identity.includes(name));
    return identity.length > 0 ? identity : changed;
  }

  async #set(name: string, now: string | null): Promise<void> {
    const value = this.#settings.get(name) ?? null;
    let refusal: unknown;
    for (const statement of this.engine.restore(name, value, now)) {
      try {
        await this.session.execute(statement);
        return;
      } catch (error) {
        if (this.engine.isNoSetting(error)) {
          this.#fixed.add(name);
          return;
        }
        refusal = error;
      }
    }
    throw new SettingNotRestoredError(name, value, refusal);
  }

  get #present(): Settings {
    return new Map([...this.#settings].filter(([name]) => !this.#fixed.has(name)));
  }

  async #lookAgain(): Promise<void> {
    this.#glance = undefined;
    const query = this.engine.look?.(this.#present, [...this.#unlisted]);
    this.#look = query === undefined ? undefined : { query, answer: await this.session.value(query) };
  }
}
