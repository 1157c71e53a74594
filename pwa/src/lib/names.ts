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

/** Letters that do not come apart into a letter and a mark. */
const ALONE: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Folds accents away, so that "zoe" finds Zoë and "oz" Özlem. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[øłđðþßæœı]/g, (letter) => ALONE[letter] ?? letter);
}

/** Whether a name has all the words that are looked for, in any order: "berg zo" finds Zoë van den Berg. */
export function isNamed(name: string, sought: string): boolean {
  const folded = fold(name);
  return fold(sought)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
