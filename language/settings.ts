/** The settings that the server reads from its client. */

/** `files.exclude` maps globs to true, false or `{ when }`; conditions on sibling files do not apply to sources. */
export function excludedGlobs(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value)
    .filter(([, on]) => on === true)
    .map(([glob]) => glob);
}

/** `poolLens.tagFiles`: paths of pooltag.txt files. */
export function tagFilePaths(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((path) => typeof path === 'string' && path.trim() !== '') : [];
}
