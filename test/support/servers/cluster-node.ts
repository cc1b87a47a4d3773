/** One member of a cluster of tests: what can befall it, and how it comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WAIT_LIMIT } from '../limits.ts';
import { lastLines } from '../reasons.ts';
import { type Launched } from './launch.ts';
import { type Row } from './query.ts';
import { type Server } from './server.ts';

/** Asks one member. */
export type Ask = (sql: string) => Promise<readonly Row[]>;

/**
 * How many seconds a cluster waits for a member that is silent before it goes on without it. A member on a busy machine
 * is silent for long, and nothing is wrong with it; of one that a test has taken away the cluster is to know soon.
 */
export const PATIENCE = { usual: 600, forFaults: 10 } as const;

/**
 * `frozen`: the server's process stops where it is, as on a machine that swaps, or that a hypervisor pauses. `killed`: it ends
 * at once, as on a machine that loses its power. `cut off`: it runs, and reaches no other member.
 */
export type ClusterFault = 'frozen' | 'killed' | 'cut off';

export interface ClusterNodeParts {
  /** For people: "Galera's member 2". */
  readonly name: string;
  readonly server: Server;
  readonly launched: Pick<Launched<unknown>, 'currentPid' | 'restart'>;
  readonly ask: Ask;
  /** All members, this one among them; grows while they start. */
  readonly members: Ask[];
}

export abstract class ClusterNode {
  readonly server: Server;
  /** What a test has done to it. */
  #fault: ClusterFault | undefined;

  constructor(protected readonly parts: ClusterNodeParts) {
    this.server = parts.server;
    parts.members.push(parts.ask);
  }

  /** Whether the server is a member that takes writes; where the others know better, they are asked. */
  abstract isMember(): Promise<boolean>;
  /** Takes the server out of the cluster, which it then can't reach. */
  protected abstract leave(): Promise<void>;
  /** Brings it back where it can't come back by itself; called until it is a member. */
  protected abstract rejoin(): Promise<void>;
  /** The statement that sets for how many seconds this server waits for others that are silent. */
  protected abstract patience(seconds: number): string;

  /** Has the cluster notice soon that this member is silent. Before the run that a fault is to hit: this takes its time. */
  async expectFault(): Promise<void> {
    await this.#setPatience(PATIENCE.forFaults);
  }

  async suffer(fault: ClusterFault): Promise<void> {
    this.#fault = fault;
    if (fault === 'cut off') await this.leave();
    else process.kill(this.parts.launched.currentPid(), fault === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
  }

  /** Undoes that, or what the cluster has done by itself; settles once the server is a member again. */
  async comeBack(): Promise<void> {
    const fault = this.#fault;
    if (fault === undefined && (await this.isMember())) return;
    if (fault === undefined) process.stderr.write(`${this.parts.name} left its cluster:\n${await this.#log()}\n`);
    if (fault === 'killed') await this.parts.launched.restart();
    if (fault === 'frozen') process.kill(this.parts.launched.currentPid(), 'SIGCONT');
    await this.waitForMembership();
    await this.#setPatience(PATIENCE.usual);
    this.#fault = undefined;
  }

  protected async waitForMembership(): Promise<void> {
    let reason: unknown;
    for (const deadline = Date.now() + WAIT_LIMIT; Date.now() < deadline; await sleep(200)) {
      try {
        await this.rejoin();
        if (await this.isMember()) return;
      } catch (error) {
        reason = error;
      }
    }
    throw new Error(`${this.parts.name} does not become one:\n${await this.#log()}`, { cause: reason });
  }

  async #setPatience(seconds: number): Promise<void> {
    await Promise.all(this.parts.members.map((ask) => ask(this.patience(seconds))));
  }

  /** The end of what the server has written about itself. */
  async #log(): Promise<string> {
    return lastLines(await readFile(join(this.server.folder ?? '', 'server.log'), 'utf8').catch(() => ''), 25);
  }
}
