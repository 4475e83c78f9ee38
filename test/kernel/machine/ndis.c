/*
 * NDIS: memory, and pools of net buffers. A net buffer belongs to the place that made its pool, in whose parameters the
 * tag stands.
 */
#include "machine.h"
#include <ndis.h>
#include <stdlib.h>

typedef struct _POOL {
    MACHINE_PLACE *Place;
    ULONG Tag;
} POOL;

static POOL *NewPool(ULONG Tag)
{
    POOL *pool = calloc(1, sizeof(POOL));

    pool->Place = MachineHere();
    pool->Tag = Tag;
    return pool;
}

static PVOID FromPool(NDIS_HANDLE Handle, SIZE_T Bytes)
{
    POOL *pool = Handle;

    return MachineAllocate(MachineNetBuffer, Bytes, pool->Tag, pool->Place);
}

NDIS_HANDLE NTAPI NdisAllocateNetBufferListPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_LIST_POOL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    return NewPool(Parameters->PoolTag);
}

VOID NTAPI NdisFreeNetBufferListPool(NDIS_HANDLE PoolHandle)
{
    free(PoolHandle);
}

PNET_BUFFER_LIST NTAPI NdisAllocateNetBufferList(NDIS_HANDLE PoolHandle, USHORT ContextSize, USHORT ContextBackFill)
{
    PNET_BUFFER_LIST list = FromPool(PoolHandle, sizeof(NET_BUFFER_LIST) + ContextSize);

    UNREFERENCED_PARAMETER(ContextBackFill);
    if (list != NULL)
        RtlZeroMemory(list, sizeof(*list));
    return list;
}

VOID NTAPI NdisFreeNetBufferList(PNET_BUFFER_LIST NetBufferList)
{
    MachineFree(MachineNetBuffer, NetBufferList, MACHINE_ANY_TAG, "NdisFreeNetBufferList");
}

NDIS_HANDLE NTAPI NdisAllocateNetBufferPool(NDIS_HANDLE NdisHandle, PNET_BUFFER_POOL_PARAMETERS Parameters)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    return NewPool(Parameters->PoolTag);
}

VOID NTAPI NdisFreeNetBufferPool(NDIS_HANDLE PoolHandle)
{
    free(PoolHandle);
}

PNET_BUFFER NTAPI NdisAllocateNetBuffer(NDIS_HANDLE PoolHandle, PMDL MdlChain, ULONG DataOffset, SIZE_T DataLength)
{
    PNET_BUFFER buffer = FromPool(PoolHandle, sizeof(NET_BUFFER));

    UNREFERENCED_PARAMETER(MdlChain);
    UNREFERENCED_PARAMETER(DataOffset);
    UNREFERENCED_PARAMETER(DataLength);
    if (buffer != NULL)
        RtlZeroMemory(buffer, sizeof(*buffer));
    return buffer;
}

VOID NTAPI NdisFreeNetBuffer(PNET_BUFFER NetBuffer)
{
    MachineFree(MachineNetBuffer, NetBuffer, MACHINE_ANY_TAG, "NdisFreeNetBuffer");
}

PVOID NTAPI NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, ULONG Length, ULONG Tag, EX_POOL_PRIORITY Priority)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    UNREFERENCED_PARAMETER(Priority);
    return MachineAllocate(MachineNdis, Length, Tag, MachineHere());
}

VOID NTAPI NdisFreeMemoryWithTagPriority(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, ULONG Tag)
{
    UNREFERENCED_PARAMETER(NdisHandle);
    MachineFree(MachineNdis, VirtualAddress, Tag, "NdisFreeMemoryWithTagPriority");
}

VOID NTAPI NdisFreeMemory(PVOID VirtualAddress, ULONG Length, ULONG MemoryFlags)
{
    UNREFERENCED_PARAMETER(Length);
    UNREFERENCED_PARAMETER(MemoryFlags);
    MachineFree(MachineNdis, VirtualAddress, MACHINE_ANY_TAG, "NdisFreeMemory");
}
