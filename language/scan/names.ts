/** Names with qualifiers. */

/** The last part of a name with qualifiers. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}
