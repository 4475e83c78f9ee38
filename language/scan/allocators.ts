/**
 * The routines that allocate or free pool memory, as data. Positions count from 0. Every row was checked against the page
 * `content/HEADER/nf-HEADER-NAME.md` of MicrosoftDocs/windows-driver-docs-ddi, in lower case; `source` names the header. Without a
 * page are NdisAllocateMemory and NdisAllocateMemoryWithTag of NDIS 5, EngAllocMem and its relatives, and the macro
 * FsRtlAllocatePool: their parameters are those of the headers.
 */

/** Where the kind of pool is read from. `type`: a POOL_TYPE argument; `flags`: a POOL_FLAGS argument. */
export type PoolSource =
  | { readonly by: 'type' | 'flags'; readonly argument: number }
  | { readonly by: 'routine'; readonly pool: 'paged' | 'nonpaged' }
  | { readonly by: 'nothing' };

export interface PoolRoutine {
  readonly name: string;
  readonly action: 'allocate' | 'free';
  /** Position of the tag argument; null for a routine without one. */
  readonly tagArgument: number | null;
  readonly parameters: number;
  readonly pool: PoolSource;
  readonly source: string;
}

const byType = (argument: number): PoolSource => ({ by: 'type', argument });
const byFlags = (argument: number): PoolSource => ({ by: 'flags', argument });
const nonpaged: PoolSource = { by: 'routine', pool: 'nonpaged' };
const paged: PoolSource = { by: 'routine', pool: 'paged' };
const unknown: PoolSource = { by: 'nothing' };

type Row = readonly [name: string, tagArgument: number | null, parameters: number, pool: PoolSource, source: string];

const ALLOCATES: readonly Row[] = [
  ['ExAllocatePoolWithTag', 2, 3, byType(0), 'wdm.h'],
  ['ExAllocatePool2', 2, 3, byFlags(0), 'wdm.h'],
  ['ExAllocatePool3', 2, 5, byFlags(0), 'wdm.h'],
  ['ExAllocatePoolZero', 2, 3, byType(0), 'wdm.h'],
  ['ExAllocatePoolUninitialized', 2, 3, byType(0), 'wdm.h'],
  ['ExAllocatePoolQuotaZero', 2, 3, byType(0), 'wdm.h'],
  ['ExAllocatePoolQuotaUninitialized', 2, 3, byType(0), 'wdm.h'],
  ['ExAllocatePoolPriorityZero', 2, 4, byType(0), 'wdm.h'],
  ['ExAllocatePoolPriorityUninitialized', 2, 4, byType(0), 'wdm.h'],
  ['ExAllocatePoolWithTagPriority', 2, 4, byType(0), 'wdm.h'],
  ['ExAllocatePoolWithQuotaTag', 2, 3, byType(0), 'wdm.h'],
  ['ExInitializePagedLookasideList', 5, 7, paged, 'wdm.h'],
  ['ExInitializeNPagedLookasideList', 5, 7, nonpaged, 'wdm.h'],
  ['ExInitializeLookasideListEx', 6, 8, byType(3), 'wdm.h'],
  ['WdfMemoryCreate', 2, 6, byType(1), 'wdfmemory.h'],
  ['WdfLookasideListCreate', 4, 6, byType(2), 'wdfmemory.h'],
  ['NdisAllocateMemoryWithTag', 2, 3, nonpaged, 'ndis.h'],
  ['NdisAllocateMemoryWithTagPriority', 2, 4, nonpaged, 'ndis.h'],
  ['NdisAllocateGenericObject', 1, 3, nonpaged, 'ndis.h'],
  ['NdisAllocateCloneOidRequest', 2, 4, nonpaged, 'ndis.h'],
  ['NdisAllocateNetBufferListContext', 3, 4, nonpaged, 'nblapi.h'],
  ['NdisInitializeNPagedLookasideList', 5, 7, nonpaged, 'ndis.h'],
  ['FltAllocatePoolAlignedWithTag', 3, 4, byType(1), 'fltkernel.h'],
  ['FltAllocateExtraCreateParameter', 5, 7, unknown, 'fltkernel.h'],
  ['FltInitExtraCreateParameterLookasideList', 4, 5, unknown, 'fltkernel.h'],
  ['FsRtlAllocateExtraCreateParameter', 4, 6, unknown, 'ntifs.h'],
  ['FsRtlInitExtraCreateParameterLookasideList', 3, 4, unknown, 'ntifs.h'],
  ['FsRtlAllocatePoolWithTag', 2, 3, byType(0), 'ntifs.h'],
  ['FsRtlAllocatePoolWithQuotaTag', 2, 3, byType(0), 'ntifs.h'],
  ['FsRtlAllocateAePushLock', 1, 2, byType(0), 'ntifs.h'],
  ['StorPortAllocatePool', 2, 4, nonpaged, 'storport.h'],
  ['VideoPortAllocatePool', 3, 4, byType(1), 'video.h'],
  ['DlAllocatePool', 3, 4, byType(1), 'dispmprt.h'],
  ['EngAllocMem', 2, 3, paged, 'winddi.h'],
  ['EngAllocUserMem', 1, 2, paged, 'winddi.h'],
  ['USBD_CreateHandle', 3, 5, nonpaged, 'usbdlib.h'],
  ['MmAllocateContiguousMemoryEx', 7, 10, nonpaged, 'wdm.h'],
  ['MmAllocateMappingAddress', 1, 2, unknown, 'wdm.h'],
  ['MmAllocateMappingAddressEx', 1, 3, unknown, 'wdm.h'],
  ['ExAllocateCacheAwareRundownProtection', 1, 2, byType(0), 'wdm.h'],
  ['ExAllocatePool', null, 2, byType(0), 'wdm.h'],
  ['ExAllocatePoolWithQuota', null, 2, byType(0), 'wdm.h'],
  ['NdisAllocateMemory', null, 4, nonpaged, 'ndis.h'],
  ['FsRtlAllocatePool', null, 2, byType(0), 'ntifs.h'],
];

const FREES: readonly Row[] = [
  ['ExFreePoolWithTag', 1, 2, unknown, 'wdm.h'],
  ['ExFreePool2', 1, 4, unknown, 'wdm.h'],
  ['ExFreePool', null, 1, unknown, 'wdm.h'],
  ['NdisFreeMemory', null, 3, unknown, 'ndis.h'],
  ['NdisFreeMemoryWithTag', 1, 2, unknown, 'ndis.h'],
  ['NdisFreeMemoryWithTagPriority', 2, 3, unknown, 'ndis.h'],
  ['FltFreePoolAlignedWithTag', 2, 3, unknown, 'fltkernel.h'],
  ['StorPortFreePool', null, 2, unknown, 'storport.h'],
  ['VideoPortFreePool', null, 2, unknown, 'video.h'],
  ['EngFreeMem', null, 1, unknown, 'winddi.h'],
  ['EngFreeUserMem', null, 1, unknown, 'winddi.h'],
  ['MmFreeMappingAddress', 1, 2, unknown, 'wdm.h'],
];

const toRoutine =
  (action: PoolRoutine['action']) =>
  ([name, tagArgument, parameters, pool, source]: Row): PoolRoutine => ({
    name,
    action,
    tagArgument,
    parameters,
    pool,
    source,
  });

/** Every routine the scanner looks for. */
export const POOL_ROUTINES: readonly PoolRoutine[] = [
  ...ALLOCATES.map(toRoutine('allocate')),
  ...FREES.map(toRoutine('free')),
];

/**
 * Tags, as PoolMon shows them, of memory that the system allocates and a driver frees: `MmPh` is the list that
 * MmGetPhysicalMemoryRanges returns.
 */
export const SYSTEM_TAGS_FREED_BY_DRIVERS: readonly string[] = ['MmPh'];

/** A structure member whose assignment gives a tag to memory that the system allocates on the driver's behalf. */
export interface TagField {
  readonly name: string;
  readonly pool: PoolSource;
  readonly source: string;
}

export const TAG_FIELDS: readonly TagField[] = [
  { name: 'PoolTag', pool: nonpaged, source: 'NET_BUFFER_LIST_POOL_PARAMETERS, NET_BUFFER_POOL_PARAMETERS in nbl.h' },
  { name: 'DriverPoolTag', pool: unknown, source: 'WDF_DRIVER_CONFIG in wdfdriver.h' },
];

/** Types of the crate wdk-alloc that a Rust driver makes its global allocator, the older spelling last. */
export const RUST_ALLOCATORS: readonly string[] = ['WdkAllocator', 'WDKAllocator'];

/** A structure whose initialised rows each give a tag to memory that the system allocates. */
export interface TagRow {
  readonly name: string;
  /** Position of the tag among the members of a row. */
  readonly tagMember: number;
  readonly pool: PoolSource;
  readonly source: string;
}

export const TAG_ROWS: readonly TagRow[] = [
  { name: 'FLT_CONTEXT_REGISTRATION', tagMember: 4, pool: unknown, source: 'fltkernel.h' },
];
