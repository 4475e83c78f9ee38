/*
 * Sample filter: the system thread that empties the queues, carries out commands and follows the registry.
 */
#include "filter.h"

static VOID FilterFlushDevices(VOID)
{
    PLIST_ENTRY link;

    ExAcquireFastMutex(&Filter.DevicesLock);
    for (link = Filter.Devices.Flink; link != &Filter.Devices; link = link->Flink)
        FilterFlushQueue(CONTAINING_RECORD(link, FILTER_DEVICE, Link));
    ExReleaseFastMutex(&Filter.DevicesLock);
}

static VOID NTAPI FilterWork(PVOID Context)
{
    PFILTER_WORKER worker = Context;
    LARGE_INTEGER interval;

    interval.QuadPart = -10000000LL * FILTER_FLUSH_SECONDS;
    while (KeWaitForSingleObject(&worker->Stop, Executive, KernelMode, FALSE, &interval) == STATUS_TIMEOUT) {
        if (worker->Rounds++ % (FILTER_SETTING_SECONDS / FILTER_FLUSH_SECONDS) == 0)
            FilterLimitTrace(FilterReadSetting(L"TraceLimit", FILTER_TRACE_DEFAULT));
        FilterFlushDevices();
        FilterRunCommands();
    }
    FilterRunCommands();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS FilterStartWorker(VOID)
{
    PFILTER_WORKER worker = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(FILTER_WORKER), SAMPLE_TAG_WORKER);
    NTSTATUS status;
    HANDLE thread;

    if (worker == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&worker->Stop, NotificationEvent, FALSE);
    status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, FilterWork, worker);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(worker, SAMPLE_TAG_WORKER);
        return status;
    }
    ObReferenceObjectByHandle(thread, THREAD_ALL_ACCESS, NULL, KernelMode, &worker->Thread, NULL);
    ZwClose(thread);
    Filter.Worker = worker;
    return STATUS_SUCCESS;
}

VOID FilterStopWorker(VOID)
{
    PFILTER_WORKER worker = Filter.Worker;

    KeSetEvent(&worker->Stop, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(worker->Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(worker->Thread);
    ExFreePoolWithTag(worker, SAMPLE_TAG_WORKER);
}
