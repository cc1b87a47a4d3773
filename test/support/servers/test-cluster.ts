/** Three servers of MySQL's family that are one cluster, each of which takes writes. */
import { type Server } from './server.ts';

export interface ClusterNode {
  readonly server: Server;
  /** Stops the server's process where it is, as a machine does that swaps or a hypervisor that pauses it. */
  freeze(): void;
  /** Ends the server at once, as a machine does that loses its power. */
  kill(): Promise<void>;
  /** Takes the server out of the cluster and lets it run: it reaches no other member. */
  cutOff(): Promise<void>;
  /** Undoes any of these; settles once the server is a member again. */
  comeBack(): Promise<void>;
}

export interface TestCluster {
  readonly engine: 'mysql' | 'mariadb';
  readonly nodes: readonly ClusterNode[];
  stop(): Promise<void>;
}

/** How long a server may take to become a member, in milliseconds: a limit for hangs. */
export const JOIN_TIMEOUT = 90_000;
