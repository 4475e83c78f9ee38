/*
 * Sample filter: the trace, a bounded list of records, and the table of request sizes.
 */
#include "filter.h"

static NPAGED_LOOKASIDE_LIST Entries;
static FAST_MUTEX TraceLock;
static LIST_ENTRY Trace;
static ULONG TraceCount;
static ULONG TraceLimit;
static PLONG SizeClasses;

NTSTATUS FilterStartTrace(VOID)
{
    SizeClasses = ExAllocatePool2(POOL_FLAG_NON_PAGED, FILTER_SIZE_CLASSES * sizeof(LONG), SAMPLE_TAG_SIZES);
    if (SizeClasses == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExInitializeNPagedLookasideList(&Entries, NULL, NULL, 0, sizeof(FILTER_TRACE_ENTRY), SAMPLE_TAG_TRACE, 0);
    ExInitializeFastMutex(&TraceLock);
    InitializeListHead(&Trace);
    TraceLimit = FILTER_TRACE_DEFAULT;
    return STATUS_SUCCESS;
}

VOID FilterStopTrace(VOID)
{
    FilterClearTrace();
    ExDeleteNPagedLookasideList(&Entries);
    ExFreePool(SizeClasses);
}

/* Drops the oldest entries until `Limit` are left. The caller holds TraceLock. */
static VOID FilterTrimTrace(ULONG Limit)
{
    while (TraceCount > Limit) {
        PLIST_ENTRY link = RemoveHeadList(&Trace);

        TraceCount--;
        ExFreeToNPagedLookasideList(&Entries, CONTAINING_RECORD(link, FILTER_TRACE_ENTRY, Link));
    }
}

VOID FilterLimitTrace(ULONG Limit)
{
    ExAcquireFastMutex(&TraceLock);
    TraceLimit = min(Limit, FILTER_TRACE_MAXIMUM);
    FilterTrimTrace(TraceLimit);
    ExReleaseFastMutex(&TraceLock);
}

VOID FilterClearTrace(VOID)
{
    ExAcquireFastMutex(&TraceLock);
    FilterTrimTrace(0);
    ExReleaseFastMutex(&TraceLock);
}

VOID FilterTrace(const SAMPLE_RECORD *Record)
{
    PFILTER_TRACE_ENTRY entry = ExAllocateFromNPagedLookasideList(&Entries);

    if (entry == NULL)
        return;
    entry->Record = *Record;
    ExAcquireFastMutex(&TraceLock);
    InsertTailList(&Trace, &entry->Link);
    TraceCount++;
    FilterTrimTrace(TraceLimit);
    ExReleaseFastMutex(&TraceLock);
}

/* Class n counts requests of 2^n to 2^(n+1)-1 bytes. Any level up to DISPATCH_LEVEL. */
VOID FilterCountSize(ULONG Bytes)
{
    ULONG sizeClass = 0;

    while (Bytes >>= 1)
        sizeClass++;
    InterlockedIncrement(&SizeClasses[sizeClass]);
}

/* Copies the trace out. The lock is held for the copy between two pool buffers only. */
NTSTATUS FilterSnapshotTrace(PSAMPLE_RECORD Output, ULONG OutputBytes, PULONG_PTR Written)
{
    ULONG room = min(OutputBytes / sizeof(SAMPLE_RECORD), FILTER_TRACE_MAXIMUM);
    PSAMPLE_RECORD records;
    ULONG count = 0;
    PLIST_ENTRY link;

    if (room == 0)
        return STATUS_BUFFER_TOO_SMALL;
    records = ExAllocatePoolWithTag(PagedPool, room * sizeof(SAMPLE_RECORD), SAMPLE_TAG);
    if (records == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&TraceLock);
    for (link = Trace.Flink; link != &Trace && count < room; link = link->Flink)
        records[count++] = CONTAINING_RECORD(link, FILTER_TRACE_ENTRY, Link)->Record;
    ExReleaseFastMutex(&TraceLock);

    *Written = count * sizeof(SAMPLE_RECORD);
    RtlCopyMemory(Output, records, *Written);
    ExFreePoolWithTag(records, SAMPLE_TAG);
    return STATUS_SUCCESS;
}
