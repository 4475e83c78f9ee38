/** How near files are to each other in the tree of folders. */

const SLASH = 0x2f;
const IMPLEMENTATION = /\.(?:c|cc|cpp|cxx)$/i;

/** Whether a file is compiled, not included. */
export function isImplementation(path: string): boolean {
  return IMPLEMENTATION.test(path);
}

/** Steps up and down the folder tree from one file to another. */
export function distance(from: string, to: string): number {
  const end = Math.min(from.length, to.length);
  let fork = 0;
  for (let i = 0; i < end; i++) {
    const c = from.charCodeAt(i);
    if (c !== to.charCodeAt(i)) break;
    if (c === SLASH) fork = i + 1;
  }
  return 2 + slashesFrom(from, fork) + slashesFrom(to, fork);
}

/** The number of folders that lead to both files. */
export function sharedFolders(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (a[i] === '/') count++;
  return count;
}

function slashesFrom(path: string, start: number): number {
  let count = 0;
  for (let i = start; i < path.length; i++) if (path.charCodeAt(i) === SLASH) count++;
  return count;
}

/** The path with the smallest distance from `from`; the first in the alphabet among equals. */
export function nearest(from: string, paths: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const d = distance(from, path);
    if (d < bestDistance || (d === bestDistance && path < best!)) {
      best = path;
      bestDistance = d;
    }
  }
  return best;
}
