/** Words of a function's name, from which tags and macro names are made. */

const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

/** The `C` of class names such as `CQueue`. */
const CLASS_PREFIX = /\bC(?=[A-Z][a-z])/g;

/** `Foo::ReadComplete` and `foo_read_complete` give their words, in the case they are written; `CFoo::Read` is Foo, Read. */
export function wordsOf(name: string): string[] {
  return name.replace(CLASS_PREFIX, '').match(WORD) ?? [];
}

/**
 * The words that tell functions apart: a first word that at least half of the functions share (the driver's own prefix) is
 * left out where more words follow.
 */
export function tellingWords(functionName: string, allFunctions: readonly string[]): string[] {
  const words = wordsOf(functionName);
  if (words.length < 2) return words;
  const distinct = [...new Set(allFunctions)];
  const first = words[0].toLowerCase();
  const sharing = distinct.filter((name) => wordsOf(name)[0]?.toLowerCase() === first).length;
  return sharing >= 2 && sharing * 2 >= distinct.length ? words.slice(1) : words;
}

export function capitalized(word: string): string {
  return word[0].toUpperCase() + word.slice(1).toLowerCase();
}
