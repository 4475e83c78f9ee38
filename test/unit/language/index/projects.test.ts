import { describe, expect, it } from 'vitest';
import { ProjectMap } from '../../../../language/index/projects.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';

const KERNEL = '<PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset>';
const USER = '<UMDF_VERSION_MAJOR>2</UMDF_VERSION_MAJOR><PlatformToolset>WindowsUserModeDriver10.0</PlatformToolset>';
const compiles = (...names: string[]) => names.map((name) => `<ClCompile Include="${name}" />`).join('\n');
const SOURCE = "void f(void) { WdfMemoryCreate(a, PagedPool, 'memX', 1, b, c); }";

describe('the project of a file', () => {
  const map = new ProjectMap();
  map.set('/r/vs/drv.vcxproj', KERNEL + compiles('..\\src\\A.c', '$(Other)\\b.c'));
  map.set('/r/src/old/sources', 'TARGETNAME=olddrv\nSOURCES= one.c \\\n   ..\\two.c \\\n\nOTHER=three.c\n');
  map.set('/r/tool/CMakeLists.txt', 'cmake_minimum_required(VERSION 3.5)\nproject("tooling" C)');
  map.set('/r/tool/deep/meson.build', "project('inner', 'c')");

  it.each([
    ['/r/src/a.c', 'drv'],
    ['/r/src/b.c', undefined],
    ['/r/src/two.c', 'olddrv'],
    ['/r/src/old/three.c', 'olddrv'],
    ['/r/tool/x/y.c', 'tooling'],
    ['/r/tool/deep/y.c', 'inner'],
    ['/elsewhere/y.c', undefined],
  ])('%s: %s', (file, name) => {
    expect(map.of(file)?.name).toBe(name);
  });
});

describe('other bounds', () => {
  it('are compilation databases, where no other file tells, and INF files of drivers', () => {
    const map = new ProjectMap();
    const commands = [
      { directory: '/r/out', file: '../src/A.c', command: 'cl /c ../src/A.c' },
      { directory: '/r', file: '/r/lib/b.c' },
      { file: 7 },
      null,
    ];
    map.set('/r/out/compile_commands.json', JSON.stringify(commands));
    map.set('/r/lib/meson.build', "project('lib', 'c')");
    map.set('/r/drv/drv.inx', '[Service]\r\nServiceBinary  = %13%\\mydrv.sys\r\n');
    map.set('/r/drv/extra/plain.inf', '[Version]\nSignature="$Windows NT$"\n');
    expect(map.of('/r/src/a.c')?.name).toBe('out');
    expect(map.of('/r/lib/b.c')?.name).toBe('lib');
    expect(map.of('/r/drv/sub/c.c')?.name).toBe('mydrv');
    expect(map.of('/r/drv/extra/d.c')?.name).toBe('mydrv');
    expect(map.of('/r/elsewhere.c')).toBeUndefined();
    map.set('/r/drv/drv.vcxproj', KERNEL);
    expect(map.of('/r/drv/sub/c.c')?.name).toBe('drv');
    for (const broken of ['', '{}', '[[[', '[1]']) map.set('/r/out/compile_commands.json', broken);
    expect(map.of('/r/src/a.c')).toBeUndefined();
  });

  it('are programs only for the files that they name', () => {
    const program = '<ConfigurationType>Application</ConfigurationType>';
    const map = new ProjectMap();
    map.set('/r/tool.vcxproj', program + compiles('tool.c', 'both.c'));
    expect(map.of('/r/tool.c')).toMatchObject({ name: 'tool', isUserMode: true });
    expect(map.of('/r/drv/a.c')).toBeUndefined();
    map.set('/r/drv/drv.vcxproj', KERNEL + compiles('..\\both.c'));
    expect(map.of('/r/both.c')).toMatchObject({ name: 'drv', isUserMode: false });
    map.set('/r/native.vcxproj', `${program}<SubSystem>Native</SubSystem>${compiles('native.c')}`);
    expect(map.of('/r/native.c')?.isUserMode).toBe(false);
  });
});

describe('user-mode drivers', () => {
  it('are left out, visibly; a file that a kernel driver compiles too is not', () => {
    const index = new SiteIndex();
    index.setFile('/r/user.c', SOURCE);
    index.setFile('/r/both.c', SOURCE);
    index.setFile('/r/umdf/u.vcxproj', USER + compiles('..\\user.c', '..\\both.c'));
    index.setFile('/r/kmdf/k.vcxproj', KERNEL + compiles('..\\both.c'));
    expect(index.snapshot().sites).toMatchObject([
      { uri: 'file:///r/both.c', project: { name: 'k', uri: 'file:///r/kmdf/k.vcxproj' } },
    ]);
    expect(index.snapshot().leftOut).toEqual([
      { uri: 'file:///r/user.c', project: { name: 'u', uri: 'file:///r/umdf/u.vcxproj' }, calls: 1 },
    ]);
    expect(index.callsIn('/r/user.c')).toEqual([]);
    const [call] = index.callsIn('/r/both.c');
    expect(index.valueOfCall('/r/both.c', call)).toBe(0x6d656d58);
    const before = index.generation;
    index.setFile('/r/umdf/u.vcxproj', KERNEL + compiles('..\\user.c'));
    expect(index.snapshot().sites).toHaveLength(2);
    expect(index.generation).toBe(before + 1);
    index.removeFile('/r/umdf/u.vcxproj');
    expect(index.snapshot().sites[1].project).toBeUndefined();
  });
});

describe('files of other systems', () => {
  const files = {
    '/r/inc/mem.h': '#define ALLOC(n, t) ExAllocatePool2(1, n, t)\n',
    '/r/src/path_posix.c': '#include "../inc/mem.h"\nvoid f(void) { ALLOC(1, \'xsoP\'); }\n',
    '/r/src/unittest/path.cpp': '#include "../../inc/mem.h"\nvoid f(void) { ALLOC(1, \'tseT\'); }\n',
    '/r/src/path.c': '#include "../inc/mem.h"\nvoid f(void) { ALLOC(1, \'nreK\'); }\n',
    '/r/src/linux_names.c': "void f(void) { ExAllocatePool2(1, 1, 'ownD'); }\n",
  };

  it('are left out, visibly, where they only call what is a wrapper in the kernel', () => {
    const index = new SiteIndex();
    for (const [path, text] of Object.entries(files)) index.setFile(path, text);
    const { sites, leftOut } = index.snapshot();
    expect(sites.map(({ uri }) => uri.split('/').at(-1))).toEqual(['linux_names.c', 'path.c']);
    expect(leftOut?.map(({ uri, project }) => `${uri.split('/').at(-1)}: ${project.name}`)).toEqual([
      'path_posix.c: another system, by its name',
      'path.cpp: another system, by its name',
    ]);
  });
});
