/*
 * Watcher: entry and unload.
 */
#include "watcher.h"

#define WATCHER_WINDOW_BYTES 0x10000

WATCHER_GLOBALS Watcher;

static NTSTATUS NTAPI WatcherUnload(FLT_FILTER_UNLOAD_FLAGS Flags);

static const FLT_REGISTRATION Registration = {
    sizeof(FLT_REGISTRATION), FLT_REGISTRATION_VERSION, 0, WatcherContexts, WatcherOperations, WatcherUnload,
};

static NTSTATUS WatcherKeepKey(PCUNICODE_STRING Path)
{
    Watcher.ServiceKey.Buffer = ExAllocatePoolWithTag(PagedPool, Path->Length, WATCHER_TAG);
    if (Watcher.ServiceKey.Buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Watcher.ServiceKey.MaximumLength = Path->Length;
    RtlCopyUnicodeString(&Watcher.ServiceKey, Path);
    return STATUS_SUCCESS;
}

static VOID WatcherFreeMemory(VOID)
{
    if (Watcher.Window != NULL)
        MmFreeMappingAddress(Watcher.Window, WATCHER_TAG);
    ExDeletePagedLookasideList(&Watcher.Events);
    ExDeleteNPagedLookasideList(&Watcher.Summaries);
    if (Watcher.ServiceKey.Buffer != NULL)
        ExFreePoolWithTag(Watcher.ServiceKey.Buffer, WATCHER_TAG);
    RtlZeroMemory(&Watcher, sizeof(Watcher));
}

static NTSTATUS NTAPI WatcherUnload(FLT_FILTER_UNLOAD_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Flags);
    FltUnregisterFilter(Watcher.Filter);
    SenderStop();
    WatcherFreeMemory();
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    ExInitializePagedLookasideList(&Watcher.Events, NULL, NULL, 0, sizeof(WATCHER_EVENT), WATCHER_TAG, 0);
    ExInitializeNPagedLookasideList(&Watcher.Summaries,
                                    NULL,
                                    NULL,
                                    0,
                                    sizeof(SUMMARY),
                                    WATCHER_TAG,
                                    0);
    Watcher.Window = MmAllocateMappingAddress(WATCHER_WINDOW_BYTES, WATCHER_TAG);
    status = Watcher.Window != NULL ? WatcherKeepKey(RegistryPath) : STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = SenderStart();
    if (!NT_SUCCESS(status)) {
        WatcherFreeMemory();
        return status;
    }
    status = FltRegisterFilter(DriverObject, &Registration, &Watcher.Filter);
    if (NT_SUCCESS(status)) {
        status = FltStartFiltering(Watcher.Filter);
        if (!NT_SUCCESS(status))
            FltUnregisterFilter(Watcher.Filter);
    }
    if (!NT_SUCCESS(status)) {
        SenderStop();
        WatcherFreeMemory();
    }
    return status;
}
