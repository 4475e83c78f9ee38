import { describe, expect, it } from 'vitest';
import { POOL_ROUTINES, TAG_FIELDS, TAG_ROWS } from '../../../../language/scan/allocators.ts';

/**
 * The parameters of each routine in the order of its documentation page, or of its header where there is none. Written down
 * apart from the table, so that a slip of a position shows.
 */
const PARAMETERS = `
ExAllocatePoolWithTag: PoolType NumberOfBytes Tag
ExAllocatePool2: Flags NumberOfBytes Tag
ExAllocatePool3: Flags NumberOfBytes Tag ExtendedParameters ExtendedParametersCount
ExAllocatePoolZero: PoolType NumberOfBytes Tag
ExAllocatePoolUninitialized: PoolType NumberOfBytes Tag
ExAllocatePoolQuotaZero: PoolType NumberOfBytes Tag
ExAllocatePoolQuotaUninitialized: PoolType NumberOfBytes Tag
ExAllocatePoolPriorityZero: PoolType NumberOfBytes Tag Priority
ExAllocatePoolPriorityUninitialized: PoolType NumberOfBytes Tag Priority
ExAllocatePoolWithTagPriority: PoolType NumberOfBytes Tag Priority
ExAllocatePoolWithQuotaTag: PoolType NumberOfBytes Tag
ExInitializePagedLookasideList: Lookaside Allocate Free Flags Size Tag Depth
ExInitializeNPagedLookasideList: Lookaside Allocate Free Flags Size Tag Depth
ExInitializeLookasideListEx: Lookaside Allocate Free PoolType Flags Size Tag Depth
WdfMemoryCreate: Attributes PoolType PoolTag BufferSize Memory Buffer
WdfLookasideListCreate: LookasideAttributes BufferSize PoolType MemoryAttributes PoolTag Lookaside
NdisAllocateMemoryWithTag: VirtualAddress Length Tag
NdisAllocateMemoryWithTagPriority: NdisHandle Length Tag Priority
NdisAllocateGenericObject: DriverObject Tag Size
NdisAllocateCloneOidRequest: SourceHandle OidRequest PoolTag ClonedOidRequest
NdisAllocateNetBufferListContext: NetBufferList ContextSize ContextBackFill PoolTag
NdisInitializeNPagedLookasideList: Lookaside Allocate Free Flags Size Tag Depth
FltAllocatePoolAlignedWithTag: Instance PoolType NumberOfBytes Tag
FltAllocateExtraCreateParameter: Filter EcpType SizeOfContext Flags CleanupCallback PoolTag EcpContext
FltInitExtraCreateParameterLookasideList: Filter Lookaside Flags Size Tag
FsRtlAllocateExtraCreateParameter: EcpType SizeOfContext Flags CleanupCallback PoolTag EcpContext
FsRtlInitExtraCreateParameterLookasideList: Lookaside Flags Size Tag
FsRtlAllocatePoolWithTag: PoolType NumberOfBytes Tag
FsRtlAllocatePoolWithQuotaTag: PoolType NumberOfBytes Tag
FsRtlAllocateAePushLock: PoolType Tag
StorPortAllocatePool: HwDeviceExtension NumberOfBytes Tag BufferPointer
VideoPortAllocatePool: HwDeviceExtension PoolType NumberOfBytes Tag
DlAllocatePool: DeviceHandle PoolType NumberOfBytes Tag
EngAllocMem: Flags MemSize Tag
EngAllocUserMem: cj tag
USBD_CreateHandle: DeviceObject TargetDeviceObject USBDClientContractVersion PoolTag USBDHandle
MmAllocateContiguousMemoryEx: NumberOfBytes Lowest Highest Boundary PreferredNode Protect PartitionObject Tag Flags Base
MmAllocateMappingAddress: NumberOfBytes PoolTag
MmAllocateMappingAddressEx: NumberOfBytes PoolTag Flags
ExAllocateCacheAwareRundownProtection: PoolType PoolTag
ExAllocatePool: PoolType NumberOfBytes
ExAllocatePoolWithQuota: PoolType NumberOfBytes
NdisAllocateMemory: VirtualAddress Length MemoryFlags HighestAcceptableAddress
FsRtlAllocatePool: PoolType NumberOfBytes
ExFreePoolWithTag: P Tag
ExFreePool2: P Tag ExtendedParameters ExtendedParametersCount
ExFreePool: P
NdisFreeMemory: VirtualAddress Length MemoryFlags
NdisFreeMemoryWithTag: VirtualAddress Tag
NdisFreeMemoryWithTagPriority: NdisHandle VirtualAddress Tag
FltFreePoolAlignedWithTag: Instance Buffer Tag
StorPortFreePool: HwDeviceExtension BufferPointer
VideoPortFreePool: HwDeviceExtension Ptr
EngFreeMem: Mem
EngFreeUserMem: Mem
MmFreeMappingAddress: BaseAddress PoolTag
`;

describe('the table of routines', () => {
  const lines = PARAMETERS.trim()
    .split('\n')
    .map((line) => line.split(': '));

  it.each(lines)('has %s with the tag where its documentation has it', (name, list) => {
    const parameters = list.split(' ');
    const tag = parameters.findIndex((parameter) => /tag$/i.test(parameter));
    const routine = POOL_ROUTINES.find((r) => r.name === name);
    expect(routine).toMatchObject({ tagArgument: tag < 0 ? null : tag, parameters: parameters.length });
    expect(routine?.action).toBe(/Free/.test(name) ? 'free' : 'allocate');
    const { pool } = routine!;
    if (pool.by === 'type') expect(parameters[pool.argument]).toMatch(/^(?:PoolType)$/);
    if (pool.by === 'flags') expect(parameters[pool.argument]).toBe('Flags');
  });

  it('has no others, and says where each comes from', () => {
    expect(POOL_ROUTINES.map((r) => r.name).sort()).toEqual(lines.map(([name]) => name).sort());
    for (const { source } of [...POOL_ROUTINES, ...TAG_FIELDS, ...TAG_ROWS]) expect(source).toMatch(/\.h$/);
  });
});
