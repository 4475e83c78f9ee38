//
// Indexer: entry, unload and requests.
//
#include "indexer.h"

static PDEVICE_OBJECT Control;
static Index *TheIndex;

static NTSTATUS NTAPI IndexerDispatch(PDEVICE_OBJECT, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    INDEXER_REQUEST *request = static_cast<INDEXER_REQUEST *>(irp->AssociatedIrp.SystemBuffer);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(INDEXER_REQUEST)) {
        switch (stack->Parameters.DeviceIoControl.IoControlCode) {
        case IOCTL_INDEXER_PUT:
            status = TheIndex->Put(request);
            break;
        case IOCTL_INDEXER_GET:
            status = TheIndex->Get(request);
            break;
        case IOCTL_INDEXER_DROP:
            status = TheIndex->Drop(request->Name);
            break;
        case IOCTL_INDEXER_LIST:
            status = TheIndex->List(reinterpret_cast<PCHAR>(request), sizeof(INDEXER_REQUEST));
            break;
        }
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = NT_SUCCESS(status) ? sizeof(INDEXER_REQUEST) : 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI IndexerUnload(PDRIVER_OBJECT)
{
    IoDeleteDevice(Control);
    delete TheIndex;
    TheIndex = nullptr;
}

extern "C" NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, L"\\Device\\Indexer");
    TheIndex = Index::Create();
    if (TheIndex == nullptr)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = IoCreateDevice(driver, 0, &name, INDEXER_DEVICE_TYPE, 0, FALSE, &Control);
    if (!NT_SUCCESS(status)) {
        delete TheIndex;
        return status;
    }
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = IndexerDispatch;
    driver->DriverUnload = IndexerUnload;
    return STATUS_SUCCESS;
}
