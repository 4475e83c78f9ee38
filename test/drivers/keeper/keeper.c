/*
 * Keeper: entry, unload and requests.
 */
#include "keeper.h"
#include "memory.h"

static UNICODE_STRING DeviceName = RTL_CONSTANT_STRING(L"\\Device\\Keeper");
static PDEVICE_OBJECT Control;
static UNICODE_STRING ServiceKey;

static DRIVER_DISPATCH KeeperDispatch;
static DRIVER_UNLOAD KeeperUnload;

static VOID KeeperDropKey(PUNICODE_STRING Key)
{
    if (Key->Buffer != NULL)
        ExFreePoolWithTag(Key->Buffer, KEEPER_TAG);
    RtlInitUnicodeString(Key, NULL);
}

static NTSTATUS KeeperKeepKey(PUNICODE_STRING Key, PCUNICODE_STRING Source)
{
    Key->Buffer = ExAllocatePoolWithTag(PagedPool, Source->Length, KEEPER_TAG);
    if (Key->Buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Key->MaximumLength = Source->Length;
    RtlCopyUnicodeString(Key, Source);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI KeeperDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG outputBytes = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PKEEPER_REQUEST request = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    ULONG_PTR written = 0;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL) {
        status = STATUS_SUCCESS;
    } else if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(KEEPER_REQUEST)) {
        switch (stack->Parameters.DeviceIoControl.IoControlCode) {
        case IOCTL_KEEPER_WRITE:
            status = ShelfWrite(request);
            break;
        case IOCTL_KEEPER_READ:
            status = ShelfRead(request->Book, request, outputBytes, &written);
            break;
        case IOCTL_KEEPER_FORGET:
            ShelfForget(request->Book);
            status = STATUS_SUCCESS;
            break;
        case IOCTL_KEEPER_COUNT:
            status = ShelfCount((PULONG)request, outputBytes, &written);
            break;
        }
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = written;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI KeeperUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteDevice(Control);
    ShelfStop();
    KeeperDropKey(&ServiceKey);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status = KeeperKeepKey(&ServiceKey, RegistryPath);

    if (!NT_SUCCESS(status))
        return status;
    status = ShelfStart();
    if (!NT_SUCCESS(status)) {
        KeeperDropKey(&ServiceKey);
        return status;
    }
    status = IoCreateDevice(DriverObject, 0, &DeviceName, KEEPER_DEVICE_TYPE, 0, FALSE, &Control);
    if (!NT_SUCCESS(status)) {
        ShelfStop();
        KeeperDropKey(&ServiceKey);
        return status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = KeeperDispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = KeeperDispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = KeeperDispatch;
    DriverObject->DriverUnload = KeeperUnload;
    return STATUS_SUCCESS;
}
