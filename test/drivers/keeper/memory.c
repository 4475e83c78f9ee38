/*
 * Memory of the keeper.
 */
#include "keeper.h"
#include "memory.h"

static PVOID MemoryAllocateZeroed(POOL_TYPE Pool, SIZE_T Bytes, ULONG Tag)
{
    PVOID address = ExAllocatePoolWithTag(Pool, Bytes, Tag);

    if (address != NULL)
        RtlZeroMemory(address, Bytes);
    return address;
}

PVOID MemoryAllocateFor(SIZE_T Bytes, ULONG Tag)
{
    return MemoryAllocateZeroed(NonPagedPoolNx, Bytes, Tag);
}

VOID MemoryFreeFor(PVOID Address, ULONG Tag)
{
    ExFreePoolWithTag(Address, Tag);
}

PVOID MemoryGet(SIZE_T Bytes)
{
    return MemoryAllocateZeroed(PagedPool, Bytes, KEEPER_TAG);
}

VOID MemoryPut(PVOID Address)
{
    if (Address != NULL)
        ExFreePoolWithTag(Address, KEEPER_TAG);
}
