/*
 * Sample filter: the queue of requests between the read and write path, which may run at DISPATCH_LEVEL, and the
 * worker, which may take its time.
 */
#include "filter.h"

/* Sums of one flush, by major function. */
typedef struct _FLUSH_TOTALS {
    ULONG Requests[IRP_MJ_MAXIMUM_FUNCTION + 1];
    ULONG64 Bytes[IRP_MJ_MAXIMUM_FUNCTION + 1];
} FLUSH_TOTALS, *PFLUSH_TOTALS;

NTSTATUS FilterCreateQueue(PFILTER_QUEUE *Queue)
{
    PFILTER_QUEUE queue = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(FILTER_QUEUE), SAMPLE_TAG_QUEUE);

    if (queue == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(queue, sizeof(*queue));
    InitializeListHead(&queue->Requests);
    KeInitializeSpinLock(&queue->Lock);
    *Queue = queue;
    return STATUS_SUCCESS;
}

VOID FilterDeleteQueue(PFILTER_QUEUE Queue)
{
    NT_ASSERT(IsListEmpty(&Queue->Requests));
    ExFreePoolWithTag(Queue, SAMPLE_TAG_QUEUE);
}

VOID FilterQueueRequest(PFILTER_DEVICE Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PFILTER_QUEUE queue = Device->Queue;
    BOOLEAN isRead = stack->MajorFunction == IRP_MJ_READ;
    PFILTER_REQUEST request;

    /* Removal deletes the queue only after every holder has let go of the lock. */
    if (!NT_SUCCESS(IoAcquireRemoveLock(&Device->RemoveLock, Irp)))
        return;
    if (queue->Count >= FILTER_QUEUE_LIMIT) {
        InterlockedIncrement(&queue->Dropped);
        goto Release;
    }
    request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(FILTER_REQUEST), SAMPLE_TAG);
    if (request == NULL) {
        InterlockedIncrement(&queue->Dropped);
        goto Release;
    }
    KeQuerySystemTime(&request->Time);
    request->Offset = isRead ? stack->Parameters.Read.ByteOffset : stack->Parameters.Write.ByteOffset;
    request->Bytes = isRead ? stack->Parameters.Read.Length : stack->Parameters.Write.Length;
    request->MajorFunction = stack->MajorFunction;
    FilterCountSize(request->Bytes);
    ExInterlockedInsertTailList(&queue->Requests, &request->Link, &queue->Lock);
    InterlockedIncrement(&queue->Count);
Release:
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
}

static VOID FilterTraceTotals(PFILTER_DEVICE Device, const FLUSH_TOTALS *Totals)
{
    SAMPLE_RECORD record;
    ULONG major;

    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++) {
        if (Totals->Requests[major] == 0)
            continue;
        RtlZeroMemory(&record, sizeof(record));
        KeQuerySystemTime(&record.Time);
        record.Offset.QuadPart = (LONGLONG)Totals->Bytes[major];
        record.Bytes = Totals->Requests[major];
        record.DeviceNumber = Device->Number;
        record.MajorFunction = (UCHAR)major;
        record.IsMark = TRUE;
        FilterTrace(&record);
    }
}

/* Moves what is queued into the trace. Below DISPATCH_LEVEL, one caller at a time for a device. */
VOID FilterFlushQueue(PFILTER_DEVICE Device)
{
    PFILTER_QUEUE queue = Device->Queue;
    PFLUSH_TOTALS totals;
    PLIST_ENTRY link;

    totals = ExAllocatePoolWithTag(PagedPool, sizeof(FLUSH_TOTALS), SAMPLE_TAG);
    if (totals != NULL)
        RtlZeroMemory(totals, sizeof(*totals));

    while ((link = ExInterlockedRemoveHeadList(&queue->Requests, &queue->Lock)) != NULL) {
        PFILTER_REQUEST request = CONTAINING_RECORD(link, FILTER_REQUEST, Link);

        InterlockedDecrement(&queue->Count);
        if (totals != NULL) {
            totals->Requests[request->MajorFunction]++;
            totals->Bytes[request->MajorFunction] += request->Bytes;
        }
        if (FilterMatchesRules(request->MajorFunction, request->Bytes)) {
            SAMPLE_RECORD record;

            RtlZeroMemory(&record, sizeof(record));
            record.Time = request->Time;
            record.Offset = request->Offset;
            record.Bytes = request->Bytes;
            record.DeviceNumber = Device->Number;
            record.MajorFunction = request->MajorFunction;
            FilterTrace(&record);
        }
        ExFreePool(request);
    }

    if (totals != NULL) {
        FilterTraceTotals(Device, totals);
        ExFreePoolWithTag(totals, SAMPLE_TAG);
    }
}
