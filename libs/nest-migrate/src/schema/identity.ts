/** Whether the text after `generated always as` stands for an identity column, which counts and computes nothing. */
export function isIdentity(generated: string | undefined): boolean {
  return generated !== undefined && /^(?:by default as )?identity$/i.test(generated.trim());
}
