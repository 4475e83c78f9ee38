/** Which project of a build a file belongs to, as project files say; none is required. */
import { baseName, collapsePath, folderOf, normalizePath } from './fileUri.ts';
import { distance } from './nearness.ts';

const PROJECT_NAME =
  /(?:^|\/)(?:[^/]+\.(?:vcxproj|inf|inx)|sources|CMakeLists\.txt|meson\.build|compile_commands\.json|Cargo\.toml)$/i;

const INF = /\.in[fx]$/i;
const CARGO = /(?:^|\/)Cargo\.toml$/i;

/** Whether a file of this name bounds a project. */
export function isProjectName(path: string): boolean {
  return PROJECT_NAME.test(path);
}

export interface Project {
  /** The project file. */
  readonly path: string;
  readonly name: string;
  /** A user-mode driver (UMDF), or a program: what it allocates never reaches kernel pool. */
  readonly isUserMode: boolean;
  /** Makes a driver by itself, as far as the file says; a library becomes part of others. */
  readonly isDriver: boolean;
  /** Built for systems before Windows 10, version 2004 too, as far as the file says. */
  readonly isDownLevel: boolean;
  /** Files that it names, as absolute paths in lower case: build tools for Windows compare them so. */
  readonly files: ReadonlySet<string>;
}

const USER_MODE_DRIVER = /UserModeDriver\d|<DriverType>\s*UMDF|<UMDF_VERSION_MAJOR>|\nUMDF_VERSION/;
/** Of a Rust driver's manifest. */
const RUST_USER_MODE = /^\s*driver-type\s*=\s*"UMDF"/m;
const KERNEL_MODE_DRIVER = /KernelModeDriver\d|<DriverType>\s*(?:KMDF|WDM)/;
/** A program or a DLL, unless something of it is a driver's all the same. */
const PROGRAM = /<ConfigurationType>\s*(?:Application|DynamicLibrary)\s*</;
const DRIVER_MARK = /KernelModeDriver\d|<DriverType>|<Driver>|<SubSystem>\s*Native|\/DRIVER\b|\.sys\s*</i;
const DRIVER = /<ConfigurationType>\s*Driver\s*<|^\s*TARGETTYPE\s*=\s*(?:DRIVER|MINIPORT|EXPORT_DRIVER)\b/m;
/** Target versions of Visual Studio projects before Windows 10, and what makes ExAllocatePoolZero work there. */
const DOWN_LEVEL =
  /<TargetVersion>\s*(?:Vista|Windows7|WindowsV?6\.[0-3]|Windows8|WindowsV8|WinBlue)\b|POOL_ZERO_DOWN_LEVEL_SUPPORT|_WIN32_WINNT=0x06/i;
/** The driver that an INF file installs. */
const SERVICE_BINARY = /^\s*ServiceBinary\s*=\s*"?%\d+%\\(?:[\w.-]+\\)*([\w.-]+)\.sys\b/im;
const COMPILED = /<Cl(?:Compile|Include)\s+Include="([^"]+)"/g;
/** The list of a `sources` file: names up to the first line that does not end in a backslash. */
const SOURCES_LIST = /^[ \t]*(?:I386_|AMD64_|ARM64_)?SOURCES[ \t]*=((?:[^\n]*\\[ \t]*\r?\n)*[^\n]*)/gim;

function isCommandList(path: string): boolean {
  return /^compile_commands\.json$/i.test(baseName(path));
}

/** The files of a compilation database; none where it is not what it should be, which is its tool's to tell. */
function commandFiles(path: string, text: string): Set<string> {
  const files = new Set<string>();
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return files;
  }
  for (const entry of Array.isArray(list) ? list : []) {
    const { directory = '', file } = (entry ?? {}) as { directory?: unknown; file?: unknown };
    if (typeof file !== 'string' || typeof directory !== 'string') continue;
    const isWhole = /^(?:[\\/]|[A-Za-z]:)/.test(file);
    const whole = normalizePath(isWhole ? file : `${directory || folderOf(path)}/${file}`);
    files.add(collapsePath(whole).toLowerCase());
  }
  return files;
}

function namedFiles(path: string, text: string): Set<string> {
  const files = new Set<string>();
  const add = (name: string) => {
    const relative = name.replaceAll('\\', '/').replace('$(MSBuildThisFileDirectory)', '');
    if (!relative.includes('$(')) files.add(collapsePath(`${folderOf(path)}/${relative}`).toLowerCase());
  };
  if (isCommandList(path)) return commandFiles(path, text);
  if (/\.vcxproj$/i.test(path)) for (const [, name] of text.matchAll(COMPILED)) add(name);
  else if (/^sources$/i.test(baseName(path)))
    for (const [, list] of text.matchAll(SOURCES_LIST))
      for (const name of list.match(/[^\s\\][^\s]*\.\w+/g) ?? []) add(name);
  return files;
}

function projectName(path: string, text: string): string {
  const file = baseName(path);
  if (INF.test(file)) return SERVICE_BINARY.exec(text)?.[1] ?? '';
  if (/\.vcxproj$/i.test(file)) return file.replace(/\.vcxproj$/i, '');
  const named =
    /^\s*(?:TARGETNAME\s*=\s*|name\s*=\s*")(\w[\w-]*)/im.exec(text) ?? /\bproject\s*\(\s*['"]?([\w.-]+)/i.exec(text);
  return named?.[1] ?? baseName(folderOf(path));
}

/** A project file, read. */
export interface ReadProject extends Project {
  /** Whether files that it does not name may belong to it: a program says nothing of the files around it. */
  readonly holdsFolder: boolean;
}

function readInf(path: string, text: string): ReadProject {
  const name = projectName(path, text);
  // An INF file that installs no driver says nothing.
  const holdsFolder = name !== '';
  return { path, name, isUserMode: false, isDriver: false, isDownLevel: false, files: new Set(), holdsFolder };
}

/** Reads the text of a project file. */
export function readProject(path: string, text: string): ReadProject {
  if (INF.test(path)) return readInf(path, text);
  const name = projectName(path, text);
  const isProgram = PROGRAM.test(text) && !DRIVER_MARK.test(text);
  const isUserDriver = CARGO.test(path)
    ? RUST_USER_MODE.test(text)
    : USER_MODE_DRIVER.test(text) && !KERNEL_MODE_DRIVER.test(text);
  return {
    path,
    name,
    isUserMode: isUserDriver || isProgram,
    isDriver: DRIVER.test(text),
    isDownLevel: DOWN_LEVEL.test(text),
    files: namedFiles(path, text),
    holdsFolder: !(isProgram && !isUserDriver) && name !== '',
  };
}

/** All projects of a workspace. */
export class ProjectMap {
  readonly #projects = new Map<string, Project>();
  readonly #byFile = new Map<string, Project[]>();
  readonly #byFolder = new Map<string, Project[]>();
  /** By files that only a compilation database names: it tells no project from another. */
  readonly #byCommand = new Map<string, Project[]>();

  paths(): IterableIterator<string> {
    return this.#projects.keys();
  }

  set(path: string, text: string): void {
    this.add(readProject(path, text));
  }

  add(project: ReadProject): void {
    const { path } = project;
    this.remove(path);
    this.#projects.set(path, project);
    const byName = isCommandList(path) ? this.#byCommand : this.#byFile;
    for (const file of project.files) addTo(byName, file, project);
    if (project.holdsFolder) addTo(this.#byFolder, folderOf(path), project);
  }

  /** Answers whether there was such a project. */
  remove(path: string): boolean {
    const project = this.#projects.get(path);
    if (!project) return false;
    this.#projects.delete(path);
    const byName = isCommandList(path) ? this.#byCommand : this.#byFile;
    for (const file of project.files) removeFrom(byName, file, project);
    removeFrom(this.#byFolder, folderOf(path), project);
    return true;
  }

  /**
   * The project of a file: one that names it, else one in the nearest folder above, else a compilation database that names
   * it. Where there are several, a user-mode one is the last choice: a file that both compile reaches the kernel.
   */
  of(file: string): Project | undefined {
    const naming = this.#byFile.get(file.toLowerCase());
    if (naming) return best(file, naming);
    for (let folder = folderOf(file); ; folder = folderOf(folder)) {
      const here = this.#byFolder.get(folder);
      if (here) return best(file, here);
      if (folder === '/' || !folder.includes('/')) break;
    }
    const commanded = this.#byCommand.get(file.toLowerCase());
    return commanded && best(file, commanded);
  }
}

function best(file: string, projects: readonly Project[]): Project {
  const rank = (p: Project) => (p.isUserMode ? 2 : INF.test(p.path) ? 1 : 0);
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
