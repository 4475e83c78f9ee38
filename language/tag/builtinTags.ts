/**
 * Well-known tags of Windows, in our own words, for machines without a pooltag.txt. Names and owners are those that the
 * Debugging Tools' file gives; the file itself, where there is one, takes the place of this table.
 */
import { parseTagFile, type TagEntry } from './tagDatabase.ts';

const TABLE = `
ALPC - nt!alpc - Ports of local procedure calls
AlMs - nt!alpc - Messages of local procedure calls
AfdB - afd.sys - Data buffers of sockets
AfdC - afd.sys - Connections of sockets
AfdE - afd.sys - Endpoints of sockets
CcBc - nt!cc - Buffer control blocks of the cache manager
CcSc - nt!cc - Files that the cache manager holds
CcVa - nt!cc - Views of cached files
CMVa - nt!cm - Cached values of registry keys
Devi - nt!io - Device objects
Driv - nt!io - Driver objects
DxgK - dxgkrnl.sys - Graphics kernel
EtwB - nt!etw - Buffers of event tracing
EtwG - nt!etw - Providers of event tracing
EtwR - nt!etw - Kernel registrations of event tracing
Even - nt!ke - Event objects
FIcs - fileinfo.sys - Per-stream contexts of FileInfo
File - nt!io - File objects
FMfc - fltmgr.sys - Per-file-object contexts of the filter manager
FMfn - fltmgr.sys - Cached file names of the filter manager
FMis - fltmgr.sys - Instances of minifilters
FMsl - fltmgr.sys - Per-stream lists of the filter manager
FSfm - nt!fsrtl - Fast mutexes of file systems
FxDr - wdf01000.sys - Framework memory without a tag of the driver's own
Hal  - hal.dll - Hardware abstraction layer
HidC - hidclass.sys - HID class driver
HidP - hidparse.sys - HID parser
Io   - nt!io - General allocations of the I/O manager
IoNm - nt!io - Names that the I/O manager parses
IoSB - nt!io - System buffers of buffered requests
IoWI - nt!io - Work items
Irp  - nt!io - I/O request packets
Key  - nt!cm - Registry key objects
Mdl  - nt!io - Memory descriptor lists
MmCa - nt!mm - Control areas of mapped files
MmCi - nt!mm - Control areas of images
MmSm - nt!mm - Segments of mapped data files
MmSt - nt!mm - Prototype page table entries of mapped files
Mup  - mup.sys - Multiple UNC provider
Muta - nt!ke - Mutant objects
NDmo - ndis.sys - Open bindings between protocols and adapters
NDpp - ndis.sys - Packet pools
NtfF - ntfs.sys - Directories that NTFS has open
Ntff - ntfs.sys - Files that NTFS has open
ObDi - nt!ob - Object directories
ObHd - nt!ob - Handle counts of objects
ObNm - nt!ob - Object names
ObSq - nt!ob - Queried security descriptors of objects
PnpI - nt!pnp - Device instance paths
Pool - nt!pool - Tables of the pool itself
Proc - nt!ps - Process objects
RaUE - storport.sys - Units of storage adapters
SeAc - nt!se - Access control lists
Sect - nt!mm - Section objects
Sema - nt!ke - Semaphore objects
SeTd - nt!se - Dynamic parts of tokens
TcpE - tcpip.sys - TCP endpoints
Tcpt - tcpip.sys - TCP timers
Thre - nt!ps - Thread objects
Time - nt!ke - Timer objects
Toke - nt!se - Token objects
UdpA - tcpip.sys - UDP endpoints
Usqu - win32k.sys - Input queue entries
Uswd - win32k.sys - Windows
Vad  - nt!mm - Virtual address descriptors
Vadl - nt!mm - Virtual address descriptors, long form
VadS - nt!mm - Virtual address descriptors, short form
WfpF - netio.sys - Filters of the filtering platform
`;

/** The table's entries. They come from no file: `file` is empty. */
export const BUILTIN_TAGS: readonly TagEntry[] = parseTagFile(TABLE.trim(), '');
