/** Finds the user's own VS Code, for `npm start`. Node 20 and built-in modules only. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findOnPath } from './tools.mjs';

function onWindows() {
  const script = findOnPath('code');
  const roots = [process.env.LOCALAPPDATA && path.join(process.env.LOCALAPPDATA, 'Programs'), process.env.ProgramFiles];
  // The program, not the `code.cmd` beside it: a .cmd file needs a shell and the shell's quoting.
  return [
    script && path.join(path.dirname(script), '..', 'Code.exe'),
    ...roots.map((root) => root && path.join(root, 'Microsoft VS Code', 'Code.exe')),
    ...roots.map((root) => root && path.join(root, 'Microsoft VS Code Insiders', 'Code - Insiders.exe')),
  ];
}

function onMac() {
  const inApp = 'Visual Studio Code.app/Contents/Resources/app/bin/code';
  return [
    findOnPath('code'),
    path.join('/Applications', inApp),
    path.join(process.env.HOME ?? '/', 'Applications', inApp),
  ];
}

function onLinux() {
  // VS Code refuses to run as root, needs a display, and from its own remote terminal `code` reaches another machine.
  const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (process.getuid?.() === 0 || !display || process.env.VSCODE_IPC_HOOK_CLI) return [];
  const found = findOnPath('code');
  // In WSL that is VS Code for Windows.
  const own = found?.startsWith('/mnt/') ? undefined : found;
  return [own, '/usr/share/code/bin/code', '/snap/bin/code'];
}

/** The program that starts VS Code on this machine, or undefined where there is none that can be used. */
export function findVsCode() {
  const candidates = { win32: onWindows, darwin: onMac }[process.platform] ?? onLinux;
  return candidates().find((file) => file && existsSync(file));
}
