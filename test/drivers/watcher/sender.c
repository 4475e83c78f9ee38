/*
 * The sender: summaries as net buffer lists. What is sent waits in a queue for the network.
 */
#include "watcher.h"
#include <ndis.h>

#define SENDER_QUEUE 4

static NDIS_HANDLE ListPool;
static NDIS_HANDLE BufferPool;
static PSUMMARY Spare;
static PNET_BUFFER_LIST Queue[SENDER_QUEUE];
static ULONG Sent;

static NDIS_HANDLE SenderListPool(VOID)
{
    NET_BUFFER_LIST_POOL_PARAMETERS parameters = { 0 };

    parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    parameters.Header.Revision = NET_BUFFER_LIST_POOL_PARAMETERS_REVISION_1;
    parameters.Header.Size = sizeof(parameters);
    parameters.PoolTag = WATCHER_TAG;
    return NdisAllocateNetBufferListPool(NULL, &parameters);
}

static NDIS_HANDLE SenderBufferPool(VOID)
{
    NET_BUFFER_POOL_PARAMETERS parameters = { 0 };

    parameters.Header.Type = NDIS_OBJECT_TYPE_DEFAULT;
    parameters.Header.Revision = NET_BUFFER_POOL_PARAMETERS_REVISION_1;
    parameters.Header.Size = sizeof(parameters);
    parameters.PoolTag = WATCHER_TAG;
    return NdisAllocateNetBufferPool(NULL, &parameters);
}

NTSTATUS SenderStart(VOID)
{
    Sent = 0;
    Spare = NdisAllocateMemoryWithTagPriority(NULL, sizeof(SUMMARY), WATCHER_TAG, NormalPoolPriority);
    if (Spare == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ListPool = SenderListPool();
    BufferPool = SenderBufferPool();
    if (ListPool == NULL || BufferPool == NULL) {
        SenderStop();
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

static VOID SenderRelease(PNET_BUFFER_LIST List)
{
    PNET_BUFFER buffer = List->FirstNetBuffer;

    if (buffer != NULL) {
        NdisFreeMemoryWithTagPriority(NULL, buffer->Data, WATCHER_TAG);
        NdisFreeNetBuffer(buffer);
    }
    NdisFreeNetBufferList(List);
}

static PNET_BUFFER_LIST SenderBuild(const SUMMARY *Summary)
{
    PNET_BUFFER_LIST list = NdisAllocateNetBufferList(ListPool, 0, 0);
    PSUMMARY data;

    if (list == NULL)
        return NULL;
    data = NdisAllocateMemoryWithTagPriority(NULL, sizeof(SUMMARY), WATCHER_TAG, NormalPoolPriority);
    if (data == NULL) {
        NdisFreeNetBufferList(list);
        return NULL;
    }
    list->FirstNetBuffer = NdisAllocateNetBuffer(BufferPool, NULL, 0, sizeof(SUMMARY));
    if (list->FirstNetBuffer == NULL) {
        NdisFreeMemory(data, 0, 0);
        NdisFreeNetBufferList(list);
        return NULL;
    }
    *data = *Summary;
    list->FirstNetBuffer->Data = data;
    return list;
}

VOID SenderSend(const SUMMARY *Summary)
{
    PNET_BUFFER_LIST list = SenderBuild(Summary);
    PNET_BUFFER_LIST *slot = &Queue[Sent % SENDER_QUEUE];

    *Spare = *Summary;
    if (list == NULL)
        return;
    if (*slot != NULL)
        SenderRelease(*slot);
    *slot = list;
    Sent++;
}

ULONG SenderCount(VOID)
{
    return Sent;
}

VOID SenderStop(VOID)
{
    ULONG i;

    for (i = 0; i < SENDER_QUEUE; i++) {
        if (Queue[i] != NULL)
            SenderRelease(Queue[i]);
        Queue[i] = NULL;
    }
    if (ListPool != NULL)
        NdisFreeNetBufferListPool(ListPool);
    if (BufferPool != NULL)
        NdisFreeNetBufferPool(BufferPool);
    ListPool = BufferPool = NULL;
    NdisFreeMemoryWithTagPriority(NULL, Spare, WATCHER_TAG);
}
