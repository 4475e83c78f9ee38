/*
 * Sample filter: coming and going of devices, and power.
 */
#include "filter.h"

NTSTATUS FilterPass(PFILTER_DEVICE Device, PIRP Irp)
{
    NTSTATUS status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return status;
}

NTSTATUS NTAPI FilterPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILTER_DEVICE device = DeviceObject->DeviceExtension;
    NTSTATUS status;

    PoStartNextPowerIrp(Irp);
    if (DeviceObject == Filter.Control) {
        Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = IoAcquireRemoveLock(&device->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = PoCallDriver(device->Lower, Irp);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}

/* The name Device Manager shows; a device without one keeps no description. */
static VOID FilterReadDescription(PFILTER_DEVICE Device)
{
    ULONG bytes = 0;
    PWSTR text;

    if (Device->Description != NULL)
        return;
    IoGetDeviceProperty(Device->Physical, DevicePropertyDeviceDescription, 0, NULL, &bytes);
    if (bytes == 0)
        return;
    text = ExAllocatePoolWithTag(PagedPool, bytes, SAMPLE_TAG);
    if (text == NULL)
        return;
    if (!NT_SUCCESS(IoGetDeviceProperty(Device->Physical, DevicePropertyDeviceDescription, bytes, text, &bytes))) {
        ExFreePool(text);
        return;
    }
    Device->Description = text;
}

static NTSTATUS FilterStartDevice(PFILTER_DEVICE Device, PIRP Irp)
{
    NTSTATUS status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

    if (NT_SUCCESS(status)) {
        status = IoForwardIrpSynchronously(Device->Lower, Irp) ? Irp->IoStatus.Status : STATUS_UNSUCCESSFUL;
        if (NT_SUCCESS(status))
            FilterReadDescription(Device);
        IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    }
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS FilterRemoveDevice(PFILTER_DEVICE Device, PIRP Irp)
{
    NTSTATUS status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    IoReleaseRemoveLockAndWait(&Device->RemoveLock, Irp);

    ExAcquireFastMutex(&Filter.DevicesLock);
    RemoveEntryList(&Device->Link);
    ExReleaseFastMutex(&Filter.DevicesLock);
    FilterFlushQueue(Device);
    FilterDeleteQueue(Device->Queue);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);

    if (Device->Description != NULL)
        ExFreePool(Device->Description);
    IoDetachDevice(Device->Lower);
    IoDeleteDevice(Device->Self);
    return status;
}

NTSTATUS NTAPI FilterPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILTER_DEVICE device = DeviceObject->DeviceExtension;

    if (DeviceObject == Filter.Control) {
        Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return FilterStartDevice(device, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return FilterRemoveDevice(device, Irp);
    default:
        return FilterPass(device, Irp);
    }
}

NTSTATUS NTAPI FilterAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT self;
    PFILTER_DEVICE device;
    NTSTATUS status;

    status = IoCreateDevice(DriverObject, sizeof(FILTER_DEVICE), NULL, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &self);
    if (!NT_SUCCESS(status))
        return status;

    device = self->DeviceExtension;
    RtlZeroMemory(device, sizeof(*device));
    device->Self = self;
    device->Physical = PhysicalDeviceObject;
    IoInitializeRemoveLock(&device->RemoveLock, SAMPLE_TAG_LOCK, 0, 0);
    status = FilterCreateQueue(&device->Queue);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(self);
        return status;
    }
    device->Lower = IoAttachDeviceToDeviceStack(self, PhysicalDeviceObject);
    if (device->Lower == NULL) {
        FilterDeleteQueue(device->Queue);
        IoDeleteDevice(self);
        return STATUS_NO_SUCH_DEVICE;
    }
    self->DeviceType = device->Lower->DeviceType;
    self->Characteristics = device->Lower->Characteristics;
    self->Flags |= device->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);

    ExAcquireFastMutex(&Filter.DevicesLock);
    device->Number = Filter.NextNumber++;
    InsertTailList(&Filter.Devices, &device->Link);
    ExReleaseFastMutex(&Filter.DevicesLock);

    self->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}
