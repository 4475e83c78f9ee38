/** Files that are not compiled for the kernel, as their names say; build files of other systems name them too. */
import { isImplementation } from './nearness.ts';

/** Words of a file's name, between separators. */
const OTHER_SYSTEM =
  /[_.-](?:posix|linux|unix|darwin|macos|freebsd|epoll|kqueue|io_?uring|winuser|usermode|user_?mode|unit_?tests?)[_.-]/i;
/** Folders that hold tests, which run in a process. */
const TEST_FOLDER = /\/(?:unit_?tests?|gtests?)\//i;

/** Whether an implementation file is one for another system, or for user mode, by its name. */
export function isForOtherSystem(path: string): boolean {
  return isImplementation(path) && (OTHER_SYSTEM.test(path.slice(path.lastIndexOf('/') + 1)) || TEST_FOLDER.test(path));
}
