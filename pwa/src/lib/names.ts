/** A name as lists show it, by family name without its particle: "Vries, Sara de". */
export function listName(given: string, particle: string, family: string): string {
  const first = [given, particle].filter(Boolean).join(' ');
  return first ? `${family}, ${first}` : family;
}

/** Two letters for the avatar of a full name: "Zoë van den Berg" is ZB. Small words in between do not count. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{Lu}/u.test(word) || !/^\p{Ll}/u.test(word));
  const first = words[0]?.match(/\p{L}/u)?.[0] ?? '';
  const last = words.length > 1 ? (words.at(-1)?.match(/\p{Lu}/u)?.[0] ?? '') : '';
  return (first + last).toLocaleUpperCase('nl');
}
