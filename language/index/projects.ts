/** Which project of a build a file belongs to, as project files say; none is required. */
import { baseName, collapsePath, folderOf } from './fileUri.ts';
import { distance } from './nearness.ts';

const PROJECT_NAME =
  /(?:^|\/)(?:[^/]+\.vcxproj|sources|CMakeLists\.txt|meson\.build|compile_commands\.json|Cargo\.toml)$/i;

/** Whether a file of this name bounds a project. */
export function isProjectName(path: string): boolean {
  return PROJECT_NAME.test(path);
}

export interface Project {
  /** The project file. */
  readonly path: string;
  readonly name: string;
  /** A user-mode driver (UMDF): what it allocates never reaches kernel pool. */
  readonly isUserMode: boolean;
  /** Files that it names, as absolute paths in lower case: build tools for Windows compare them so. */
  readonly files: ReadonlySet<string>;
}

const USER_MODE_DRIVER = /UserModeDriver\d|<DriverType>\s*UMDF|<UMDF_VERSION_MAJOR>|\nUMDF_VERSION/;
/** Of a Rust driver's manifest. */
const RUST_USER_MODE = /^\s*driver-type\s*=\s*"UMDF"/m;
const KERNEL_MODE_DRIVER = /KernelModeDriver\d|<DriverType>\s*(?:KMDF|WDM)/;
const COMPILED = /<Cl(?:Compile|Include)\s+Include="([^"]+)"/g;
/** The list of a `sources` file: names up to the first line that does not end in a backslash. */
const SOURCES_LIST = /^[ \t]*(?:I386_|AMD64_|ARM64_)?SOURCES[ \t]*=((?:[^\n]*\\[ \t]*\r?\n)*[^\n]*)/gim;

function namedFiles(path: string, text: string): Set<string> {
  const files = new Set<string>();
  const add = (name: string) => {
    const relative = name.replaceAll('\\', '/').replace('$(MSBuildThisFileDirectory)', '');
    if (!relative.includes('$(')) files.add(collapsePath(`${folderOf(path)}/${relative}`).toLowerCase());
  };
  if (/\.vcxproj$/i.test(path)) for (const [, name] of text.matchAll(COMPILED)) add(name);
  else if (/^sources$/i.test(baseName(path)))
    for (const [, list] of text.matchAll(SOURCES_LIST))
      for (const name of list.match(/[^\s\\][^\s]*\.\w+/g) ?? []) add(name);
  return files;
}

function projectName(path: string, text: string): string {
  const file = baseName(path);
  if (/\.vcxproj$/i.test(file)) return file.replace(/\.vcxproj$/i, '');
  const named =
    /^\s*(?:TARGETNAME\s*=\s*|name\s*=\s*")(\w[\w-]*)/im.exec(text) ?? /\bproject\s*\(\s*['"]?([\w.-]+)/i.exec(text);
  return named?.[1] ?? baseName(folderOf(path));
}

/** All projects of a workspace. */
export class ProjectMap {
  readonly #projects = new Map<string, Project>();
  readonly #byFile = new Map<string, Project[]>();
  readonly #byFolder = new Map<string, Project[]>();

  paths(): IterableIterator<string> {
    return this.#projects.keys();
  }

  set(path: string, text: string): void {
    this.remove(path);
    const project: Project = {
      path,
      name: projectName(path, text),
      isUserMode: RUST_USER_MODE.test(text) || (USER_MODE_DRIVER.test(text) && !KERNEL_MODE_DRIVER.test(text)),
      files: namedFiles(path, text),
    };
    this.#projects.set(path, project);
    for (const file of project.files) addTo(this.#byFile, file, project);
    addTo(this.#byFolder, folderOf(path), project);
  }

  /** Answers whether there was such a project. */
  remove(path: string): boolean {
    const project = this.#projects.get(path);
    if (!project) return false;
    this.#projects.delete(path);
    for (const file of project.files) removeFrom(this.#byFile, file, project);
    removeFrom(this.#byFolder, folderOf(path), project);
    return true;
  }

  /**
   * The project of a file: one that names it, else one in the nearest folder above. Where there are several, a user-mode
   * driver is the last choice: a file that both compile reaches the kernel.
   */
  of(file: string): Project | undefined {
    const naming = this.#byFile.get(file.toLowerCase());
    if (naming) return best(file, naming);
    for (let folder = folderOf(file); ; folder = folderOf(folder)) {
      const here = this.#byFolder.get(folder);
      if (here) return best(file, here);
      if (folder === '/' || !folder.includes('/')) return undefined;
    }
  }
}

function best(file: string, projects: readonly Project[]): Project {
  const rank = (p: Project) => (p.isUserMode ? 1 : 0);
  return [...projects].sort(
    (a, b) => rank(a) - rank(b) || distance(file, a.path) - distance(file, b.path) || (a.path < b.path ? -1 : 1),
  )[0];
}

function addTo(map: Map<string, Project[]>, key: string, project: Project): void {
  const list = map.get(key);
  if (list) list.push(project);
  else map.set(key, [project]);
}

function removeFrom(map: Map<string, Project[]>, key: string, project: Project): void {
  const left = (map.get(key) ?? []).filter((p) => p !== project);
  if (left.length > 0) map.set(key, left);
  else map.delete(key);
}
