/**
 * Paths and file URIs, spelled as VS Code spells them (`file:///c%3A/src/a.c`), so that both sides mean the same document.
 * Paths are absolute; inside the server they use `/` and, on Windows, a small drive letter.
 */

/** A path in the one spelling that the index uses as a key. */
export function normalizePath(path: string): string {
  if (process.platform !== 'win32') return path;
  const slashed = path.replaceAll('\\', '/');
  return /^[A-Za-z]:/.test(slashed) ? slashed[0].toLowerCase() + slashed.slice(1) : slashed;
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The file URI of a normalized path. */
export function pathToUri(path: string): string {
  const encoded = path.split('/').map(encodeSegment).join('/');
  if (encoded.startsWith('//')) return `file:${encoded}`;
  return `file://${encoded.startsWith('/') ? '' : '/'}${encoded}`;
}

/** The normalized path of a file URI; undefined for other schemes and for what is no URI. */
export function uriToPath(uri: string): string | undefined {
  const match = /^file:\/\/([^/]*)(\/[^?#]*)/i.exec(uri);
  if (!match) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(match[2]);
  } catch {
    return undefined;
  }
  if (match[1] !== '' && match[1] !== 'localhost') path = `//${match[1]}${path}`;
  else if (/^\/[A-Za-z]:/.test(path)) path = path.slice(1);
  return normalizePath(path);
}

/** The folder of a path that uses `/`. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last part of a path that uses `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const DOTS = /(?:^|\/)\.\.?(?:\/|$)/;

/** `a/b/../c` and `a/./c` are `a/c`. Leading `..` stay. */
export function collapsePath(path: string): string {
  if (!DOTS.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..' && parts[parts.length - 1] !== '')
      parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
