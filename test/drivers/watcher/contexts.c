/*
 * Contexts: what the watcher knows of a handle and of a volume's instance.
 */
#include "watcher.h"

#define HISTOGRAM_CLASSES 16

static VOID NTAPI WatcherCleanHandle(PFLT_CONTEXT Context, FLT_CONTEXT_TYPE ContextType);
static VOID NTAPI WatcherCleanInstance(PFLT_CONTEXT Context, FLT_CONTEXT_TYPE ContextType);

const FLT_CONTEXT_REGISTRATION WatcherContexts[] = {
    { FLT_STREAMHANDLE_CONTEXT, 0, WatcherCleanHandle, sizeof(HANDLE_CONTEXT), WATCHER_TAG },
    { FLT_INSTANCE_CONTEXT, 0, WatcherCleanInstance, sizeof(INSTANCE_CONTEXT), WATCHER_TAG },
    { FLT_CONTEXT_END, 0, NULL, 0, 0 },
};

static NTSTATUS WatcherAllocateName(PUNICODE_STRING Name)
{
    Name->Buffer = ExAllocatePoolWithTag(PagedPool, WATCHER_NAME_BYTES, WATCHER_TAG);
    if (Name->Buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Name->Length = 0;
    Name->MaximumLength = WATCHER_NAME_BYTES;
    return STATUS_SUCCESS;
}

static VOID WatcherFreeName(PUNICODE_STRING Name)
{
    ExFreePoolWithTag(Name->Buffer, WATCHER_TAG);
    Name->Buffer = NULL;
}

static VOID NTAPI WatcherCleanHandle(PFLT_CONTEXT Context, FLT_CONTEXT_TYPE ContextType)
{
    PHANDLE_CONTEXT handle = Context;

    UNREFERENCED_PARAMETER(ContextType);
    while (!IsListEmpty(&handle->Events))
        ExFreeToPagedLookasideList(&Watcher.Events,
                                   CONTAINING_RECORD(RemoveHeadList(&handle->Events), WATCHER_EVENT, Link));
    if (handle->Name.Buffer != NULL)
        WatcherFreeName(&handle->Name);
}

static VOID NTAPI WatcherCleanInstance(PFLT_CONTEXT Context, FLT_CONTEXT_TYPE ContextType)
{
    PINSTANCE_CONTEXT instance = (PINSTANCE_CONTEXT)Context;

    UNREFERENCED_PARAMETER(ContextType);
    if (instance->Histogram != NULL)
        ExFreePoolWithTag(instance->Histogram, WATCHER_TAG);
}

/* The caller releases the context. */
NTSTATUS WatcherHandleContext(PCFLT_RELATED_OBJECTS Objects, PHANDLE_CONTEXT *Context)
{
    PHANDLE_CONTEXT handle;
    NTSTATUS status = FltGetStreamHandleContext(Objects->Instance, Objects->FileObject, (PFLT_CONTEXT *)Context);

    if (NT_SUCCESS(status))
        return status;
    status = FltAllocateContext(Objects->Filter, FLT_STREAMHANDLE_CONTEXT, sizeof(HANDLE_CONTEXT), PagedPool,
                                (PFLT_CONTEXT *)&handle);
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(handle, sizeof(*handle));
    InitializeListHead(&handle->Events);
    status = WatcherAllocateName(&handle->Name);
    if (NT_SUCCESS(status))
        status = FltSetStreamHandleContext(Objects->Instance, Objects->FileObject, FLT_SET_CONTEXT_KEEP_IF_EXISTS,
                                           handle, NULL);
    if (!NT_SUCCESS(status)) {
        FltReleaseContext(handle);
        return status;
    }
    *Context = handle;
    return STATUS_SUCCESS;
}

/* The caller releases the context. */
NTSTATUS WatcherInstanceContext(PCFLT_RELATED_OBJECTS Objects, PINSTANCE_CONTEXT *Context)
{
    PINSTANCE_CONTEXT instance;
    NTSTATUS status = FltGetInstanceContext(Objects->Instance, (PFLT_CONTEXT *)Context);

    if (NT_SUCCESS(status))
        return status;
    status = FltAllocateContext(Objects->Filter, FLT_INSTANCE_CONTEXT, sizeof(INSTANCE_CONTEXT), NonPagedPool,
                                (PFLT_CONTEXT *)&instance);
    if (!NT_SUCCESS(status))
        return status;
    instance->Writes = 0;
    instance->Histogram = ExAllocatePoolWithTag(NonPagedPool, HISTOGRAM_CLASSES * sizeof(ULONG), WATCHER_TAG);
    if (instance->Histogram == NULL) {
        FltReleaseContext(instance);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(instance->Histogram, HISTOGRAM_CLASSES * sizeof(ULONG));
    status = FltSetInstanceContext(Objects->Instance, FLT_SET_CONTEXT_KEEP_IF_EXISTS, instance, NULL);
    if (!NT_SUCCESS(status)) {
        FltReleaseContext(instance);
        return status;
    }
    *Context = instance;
    return STATUS_SUCCESS;
}
