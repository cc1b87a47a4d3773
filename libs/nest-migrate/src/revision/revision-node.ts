/**
 * One node of the graph: what a revision script states about its place. The graph knows no files. Anything else that a
 * script carries (message, path) is in a type that extends this one.
 */
export interface Revision {
  /** Unique among all ids and branch labels. */
  readonly id: string;
  /** Full ids of the revisions that this one follows. Empty: a base. Several: a merge point. */
  readonly downRevision: readonly string[];
  /** Full ids or branch labels of revisions of other branches that must be applied before this one. */
  readonly dependsOn: readonly string[];
  /** Names for the branch that begins here. */
  readonly branchLabels: readonly string[];
  /** Full ids of the revisions that this one does the work of, oldest first; the last one is what it ends at. */
  readonly replaces?: readonly string[];
}
