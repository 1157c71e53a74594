/** Puts a sentence starter behind what stands there already. */
export function withStarter(text: string, starter: string): string {
  const before = text.trimEnd();
  return before ? `${before} ${starter} ` : `${starter} `;
}
