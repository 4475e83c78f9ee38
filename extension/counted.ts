/** A number with its noun: `1 site`, `2 sites have their`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
