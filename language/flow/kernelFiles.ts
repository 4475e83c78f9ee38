/** Which files of a folder belong to a driver: programs that run beside it never hold its memory. */
import type { FlowInput } from './poolFlow.ts';

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]/gm;
const KERNEL_HEADER =
  /^(?:ntddk|wdm|ntifs|ndis|fltkernel|fwpsk|wdf|storport|srb|scsi|miniport|ntstrsafe|wsk|netioddk|portcls|ks|d3dkmddi|dispmprt|hidport|kbdmou|classpnp|ntdef|minwindef|usbdlib|video|wdmsec|netadaptercx|ntimage)\.h$/i;
/** Headers that no kernel code includes. */
const USER_HEADER =
  /^(?:windows|winsock2?|winuser|shlwapi|shellapi|shlobj|commctrl|setupapi|tchar|afx\w*|atl\w*|iostream|vector|string|map|memory|thread|gtest\/gtest|unistd|pthread|Q[A-Z]\w+|CppUnitTest|catch|wil\/\w+|jni|python)(?:\.h(?:pp)?)?$/i;
const IMPLEMENTATION = /\.(?:c|cc|cpp|cxx)$/i;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

/** The files of the input without those that are compiled for user mode only. Files with allocations or frees always stay. */
export function kernelFiles({ files, text, points, frees, inner, innerFrees }: FlowInput): readonly string[] {
  const kept = new Set([...points, ...frees, ...inner, ...innerFrees].map(({ path }) => path));
  const includes = new Map<string, readonly string[]>();
  const byName = Map.groupBy(files, baseName);
  const includesOf = (path: string): readonly string[] => {
    let found = includes.get(path);
    if (!found) {
      found = [...(text(path) ?? '').matchAll(INCLUDE)].map((match) => match[1].replaceAll('\\', '/'));
      includes.set(path, found);
    }
    return found;
  };
  const isUsers = (path: string): boolean => {
    const seen = new Set<string>();
    const open = [path];
    let isUser = false;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const name of includesOf(at)) {
        if (seen.has(name)) continue;
        seen.add(name);
        if (KERNEL_HEADER.test(baseName(name))) return false;
        if (USER_HEADER.test(name)) isUser = true;
        open.push(...(byName.get(baseName(name)) ?? []));
      }
    }
    return isUser;
  };
  return files.filter((path) => kept.has(path) || !IMPLEMENTATION.test(path) || !isUsers(path));
}
