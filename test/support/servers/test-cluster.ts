/** Servers of MySQL's family that are one cluster, each of which takes writes. */
import { type ClusterNode } from './cluster-node.ts';

export interface TestCluster {
  readonly engine: 'mysql' | 'mariadb';
  readonly nodes: readonly ClusterNode[];
  stop(): Promise<void>;
}
