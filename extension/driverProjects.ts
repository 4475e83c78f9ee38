/** Which driver a source file belongs to: the nearest project file above it, else its workspace folder. */

/** The last part of a path and what is before it, without the slash. */
function split(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, slash), path.slice(slash + 1)];
}

export class DriverProjects {
  /** Names of projects by the folder of their file. */
  readonly #byFolder = new Map<string, string>();
  readonly #known = new Map<string, string | undefined>();

  /** `projectFiles`: URIs of the project files of the workspace, with `/`. */
  constructor(projectFiles: Iterable<string>) {
    for (const file of projectFiles) {
      const [folder, name] = split(file);
      const others = this.#byFolder.get(folder);
      // Several projects in one folder share its sources: the folder names them.
      const project = others === undefined ? decodeURIComponent(name.replace(/\.\w+$/, '')) : undefined;
      this.#byFolder.set(folder, project ?? decodeURIComponent(split(folder)[1]));
    }
  }

  /** The name of the project that a file belongs to; undefined where no project file stands above it. */
  projectOf(uri: string): string | undefined {
    const [folder] = split(uri);
    if (this.#known.has(folder)) return this.#known.get(folder);
    const own = this.#byFolder.get(folder);
    const project = own ?? (folder.includes('/') ? this.projectOf(folder) : undefined);
    this.#known.set(folder, project);
    return project;
  }
}
