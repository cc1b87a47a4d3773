/** Whether a name is that of a folder of drafts, or of its lock. */
export function isDraft(name: string): boolean {
  return /^\.draft-[0-9a-f]{16}(?:\.lock(?:-journal)?)?$/.test(name);
}
