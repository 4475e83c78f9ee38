/*
 * Operations: writes are noted, and summed up when the handle is closed.
 */
#include "watcher.h"

/* A copy of the data, aligned as the device wants it, since the writer may change the buffer meanwhile. */
static ULONG WatcherSum(PFLT_INSTANCE Instance, const VOID *Data, ULONG Bytes)
{
    PUCHAR copy = FltAllocatePoolAlignedWithTag(Instance, NonPagedPool, WATCHER_SECTOR, WATCHER_TAG);
    ULONG count = min(Bytes, WATCHER_SECTOR);
    ULONG sum = 0;

    if (copy == NULL)
        return 0;
    RtlCopyMemory(copy, Data, count);
    while (count > 0)
        sum = sum * 31 + copy[--count];
    FltFreePoolAlignedWithTag(Instance, copy, WATCHER_TAG);
    return sum;
}

static FLT_PREOP_CALLBACK_STATUS NTAPI WatcherPreWrite(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects,
                                                       PVOID *CompletionContext)
{
    PINSTANCE_CONTEXT instance;
    PHANDLE_CONTEXT handle;
    PWATCHER_EVENT event;

    if (NT_SUCCESS(WatcherInstanceContext(Objects, &instance))) {
        instance->Histogram[Data->Iopb->Parameters.Write.Length % 16]++;
        instance->Writes++;
        FltReleaseContext(instance);
    }
    if (!NT_SUCCESS(WatcherHandleContext(Objects, &handle)))
        return FLT_PREOP_SUCCESS_NO_CALLBACK;
    event = ExAllocateFromPagedLookasideList(&Watcher.Events);
    if (event != NULL) {
        event->Bytes = Data->Iopb->Parameters.Write.Length;
        event->Sum = WatcherSum(Objects->Instance, Data->Iopb->Parameters.Write.WriteBuffer, event->Bytes);
        InsertTailList(&handle->Events, &event->Link);
        handle->EventCount++;
    }
    FltReleaseContext(handle);

    /* The length goes to the other side of the operation. */
    *CompletionContext = ExAllocatePoolWithTag(NonPagedPool, sizeof(ULONG), WATCHER_TAG_PATH);
    if (*CompletionContext == NULL)
        return FLT_PREOP_SUCCESS_NO_CALLBACK;
    *(PULONG)*CompletionContext = Data->Iopb->Parameters.Write.Length;
    return FLT_PREOP_SUCCESS_WITH_CALLBACK;
}

static FLT_POSTOP_CALLBACK_STATUS NTAPI WatcherPostWrite(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects,
                                                         PVOID CompletionContext, ULONG Flags)
{
    UNREFERENCED_PARAMETER(Objects);
    UNREFERENCED_PARAMETER(Flags);
    Data->IoStatus.Information = *(PULONG)CompletionContext;
    ExFreePoolWithTag(CompletionContext, WATCHER_TAG_PATH);
    return FLT_POSTOP_FINISHED_PROCESSING;
}

static FLT_PREOP_CALLBACK_STATUS NTAPI WatcherPreCleanup(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects,
                                                         PVOID *CompletionContext)
{
    PHANDLE_CONTEXT handle;
    PSUMMARY summary;

    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(CompletionContext);
    if (!NT_SUCCESS(FltGetStreamHandleContext(Objects->Instance, Objects->FileObject, (PFLT_CONTEXT *)&handle)))
        return FLT_PREOP_SUCCESS_NO_CALLBACK;
    summary = ExAllocateFromNPagedLookasideList(&Watcher.Summaries);
    if (summary != NULL) {
        PLIST_ENTRY link;

        RtlZeroMemory(summary, sizeof(*summary));
        for (link = handle->Events.Flink; link != &handle->Events; link = link->Flink) {
            PWATCHER_EVENT event = CONTAINING_RECORD(link, WATCHER_EVENT, Link);

            summary->Writes++;
            summary->Bytes += event->Bytes;
            summary->Sum ^= event->Sum;
        }
        SenderSend(summary);
        ExFreeToNPagedLookasideList(&Watcher.Summaries, summary);
    }
    FltReleaseContext(handle);
    return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

const FLT_OPERATION_REGISTRATION WatcherOperations[] = {
    { IRP_MJ_WRITE, 0, WatcherPreWrite, WatcherPostWrite },
    { IRP_MJ_CLEANUP, 0, WatcherPreCleanup, NULL },
    { IRP_MJ_OPERATION_END, 0, NULL, NULL },
};
