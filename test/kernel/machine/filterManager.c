/*
 * The filter manager: contexts by their registration's row, and aligned memory. A context's place is the row, which its
 * label names, since no call stack leads there.
 */
#include "machine.h"
#include <fltkernel.h>
#include "filterManager.h"

/* Before each context: its row, and how many hold it. */
typedef struct _HEADER {
    const FLT_CONTEXT_REGISTRATION *Row;
    LONG64 References;
} HEADER;

static const FLT_REGISTRATION *Filter;
static PFLT_CONTEXT InstanceContext;

static const char *RowLabel(FLT_CONTEXT_TYPE Type)
{
    switch (Type) {
    case FLT_VOLUME_CONTEXT:
        return "FLT_VOLUME_CONTEXT";
    case FLT_INSTANCE_CONTEXT:
        return "FLT_INSTANCE_CONTEXT";
    case FLT_FILE_CONTEXT:
        return "FLT_FILE_CONTEXT";
    case FLT_STREAM_CONTEXT:
        return "FLT_STREAM_CONTEXT";
    default:
        return "FLT_STREAMHANDLE_CONTEXT";
    }
}

const FLT_REGISTRATION *MachineFilter(VOID)
{
    return Filter;
}

NTSTATUS NTAPI FltRegisterFilter(PDRIVER_OBJECT Driver, const FLT_REGISTRATION *Registration, PFLT_FILTER *RetFilter)
{
    UNREFERENCED_PARAMETER(Driver);
    Filter = Registration;
    *RetFilter = (PFLT_FILTER)Registration;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI FltStartFiltering(PFLT_FILTER Handle)
{
    UNREFERENCED_PARAMETER(Handle);
    return STATUS_SUCCESS;
}

VOID NTAPI FltUnregisterFilter(PFLT_FILTER Handle)
{
    UNREFERENCED_PARAMETER(Handle);
    if (InstanceContext != NULL)
        FltReleaseContext(InstanceContext);
    InstanceContext = NULL;
    Filter = NULL;
}

NTSTATUS NTAPI FltAllocateContext(PFLT_FILTER Handle, FLT_CONTEXT_TYPE ContextType, SIZE_T ContextSize,
                                  POOL_TYPE PoolType, PFLT_CONTEXT *ReturnedContext)
{
    const FLT_CONTEXT_REGISTRATION *row = Filter->ContextRegistration;
    HEADER *header;

    UNREFERENCED_PARAMETER(Handle);
    UNREFERENCED_PARAMETER(PoolType);
    while (row->ContextType != ContextType) {
        if (row->ContextType == FLT_CONTEXT_END)
            return STATUS_INVALID_PARAMETER;
        row++;
    }
    header = MachineAllocate(MachineContext, sizeof(HEADER) + ContextSize, row->PoolTag,
                             MachinePlace(RowLabel(ContextType)));
    if (header == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    header->Row = row;
    header->References = 1;
    *ReturnedContext = header + 1;
    return STATUS_SUCCESS;
}

VOID NTAPI FltReleaseContext(PFLT_CONTEXT Context)
{
    HEADER *header = (HEADER *)Context - 1;

    if (--header->References > 0)
        return;
    if (header->Row->ContextCleanupCallback != NULL)
        header->Row->ContextCleanupCallback(Context, header->Row->ContextType);
    MachineFree(MachineContext, header, MACHINE_ANY_TAG, "FltReleaseContext");
}

NTSTATUS NTAPI FltSetStreamHandleContext(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject,
                                         FLT_SET_CONTEXT_OPERATION Operation, PFLT_CONTEXT NewContext,
                                         PFLT_CONTEXT *OldContext)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(Operation);
    UNREFERENCED_PARAMETER(OldContext);
    ((HEADER *)NewContext - 1)->References++;
    FileObject->FsContext2 = NewContext;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI FltGetStreamHandleContext(PFLT_INSTANCE Instance, PFILE_OBJECT FileObject, PFLT_CONTEXT *Context)
{
    UNREFERENCED_PARAMETER(Instance);
    if (FileObject->FsContext2 == NULL)
        return STATUS_NOT_FOUND;
    *Context = FileObject->FsContext2;
    ((HEADER *)*Context - 1)->References++;
    return STATUS_SUCCESS;
}

VOID MachineCloseFile(PFILE_OBJECT FileObject)
{
    if (FileObject->FsContext2 != NULL)
        FltReleaseContext(FileObject->FsContext2);
    FileObject->FsContext2 = NULL;
}

NTSTATUS NTAPI FltSetInstanceContext(PFLT_INSTANCE Instance, FLT_SET_CONTEXT_OPERATION Operation,
                                     PFLT_CONTEXT NewContext, PFLT_CONTEXT *OldContext)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(Operation);
    UNREFERENCED_PARAMETER(OldContext);
    ((HEADER *)NewContext - 1)->References++;
    InstanceContext = NewContext;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI FltGetInstanceContext(PFLT_INSTANCE Instance, PFLT_CONTEXT *Context)
{
    UNREFERENCED_PARAMETER(Instance);
    if (InstanceContext == NULL)
        return STATUS_NOT_FOUND;
    *Context = InstanceContext;
    ((HEADER *)*Context - 1)->References++;
    return STATUS_SUCCESS;
}

PVOID NTAPI FltAllocatePoolAlignedWithTag(PFLT_INSTANCE Instance, POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Instance);
    UNREFERENCED_PARAMETER(PoolType);
    return MachineAllocate(MachineAligned, NumberOfBytes, Tag, MachineHere());
}

VOID NTAPI FltFreePoolAlignedWithTag(PFLT_INSTANCE Instance, PVOID Buffer, ULONG Tag)
{
    UNREFERENCED_PARAMETER(Instance);
    if (Tag == 0)
        MachineStop(0xA, "FltFreePoolAlignedWithTag with tag 0");
    MachineFree(MachineAligned, Buffer, Tag, "FltFreePoolAlignedWithTag");
}
