/*
 * Sample filter: entry, unload, and the dispatch of everything but PnP and power.
 */
#include "filter.h"

FILTER_GLOBALS Filter;

static UNICODE_STRING ControlName = RTL_CONSTANT_STRING(L"\\Device\\SampleFilter");
static UNICODE_STRING ControlLink = RTL_CONSTANT_STRING(L"\\DosDevices\\SampleFilter");

static DRIVER_DISPATCH FilterDispatch;
static DRIVER_UNLOAD FilterUnload;

static NTSTATUS FilterComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS FilterControl(PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG inputBytes = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outputBytes = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG_PTR written = 0;
    NTSTATUS status;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SAMPLE_COMMAND:
        status = FilterCaptureCommand(buffer, inputBytes);
        break;
    case IOCTL_SAMPLE_ADD_RULE:
        status = FilterAddRule(buffer, inputBytes);
        break;
    case IOCTL_SAMPLE_READ_TRACE:
        status = FilterSnapshotTrace(buffer, outputBytes, &written);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    return FilterComplete(Irp, status, written);
}

static NTSTATUS NTAPI FilterDispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;
    PFILTER_DEVICE device = DeviceObject->DeviceExtension;

    if (DeviceObject != Filter.Control) {
        if (major == IRP_MJ_READ || major == IRP_MJ_WRITE)
            FilterQueueRequest(device, Irp);
        return FilterPass(device, Irp);
    }

    switch (major) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return FilterComplete(Irp, STATUS_SUCCESS, 0);
    case IRP_MJ_DEVICE_CONTROL:
        return FilterControl(Irp);
    default:
        return FilterComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID NTAPI FilterUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);

    IoDeleteSymbolicLink(&ControlLink);
    IoDeleteDevice(Filter.Control);
    FilterStopWorker();
    FilterClearRules();
    FilterStopTrace();
    ExFreePoolWithTag(Filter.RegistryPath.Buffer, SAMPLE_TAG_PATH);
}

/* The path is needed after DriverEntry returned, and its buffer is not ours. */
static NTSTATUS FilterKeepRegistryPath(PUNICODE_STRING Path)
{
    PWCH buffer = ExAllocatePoolWithTag(PagedPool, Path->Length, SAMPLE_TAG_PATH);

    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Filter.RegistryPath.Buffer = buffer;
    Filter.RegistryPath.MaximumLength = Path->Length;
    RtlCopyUnicodeString(&Filter.RegistryPath, Path);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;
    ULONG major;

    ExInitializeFastMutex(&Filter.DevicesLock);
    InitializeListHead(&Filter.Devices);
    FilterInitializeCommands();
    FilterInitializeRules();

    status = FilterKeepRegistryPath(RegistryPath);
    if (!NT_SUCCESS(status))
        return status;
    status = FilterStartTrace();
    if (!NT_SUCCESS(status))
        goto FreePath;
    status = IoCreateDevice(DriverObject, 0, &ControlName, SAMPLE_DEVICE_TYPE, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &Filter.Control);
    if (!NT_SUCCESS(status))
        goto StopTrace;
    status = IoCreateSymbolicLink(&ControlLink, &ControlName);
    if (!NT_SUCCESS(status))
        goto DeleteControl;
    status = FilterStartWorker();
    if (!NT_SUCCESS(status))
        goto DeleteLink;

    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        DriverObject->MajorFunction[major] = FilterDispatch;
    DriverObject->MajorFunction[IRP_MJ_PNP] = FilterPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = FilterPower;
    DriverObject->DriverExtension->AddDevice = FilterAddDevice;
    DriverObject->DriverUnload = FilterUnload;
    return STATUS_SUCCESS;

DeleteLink:
    IoDeleteSymbolicLink(&ControlLink);
DeleteControl:
    IoDeleteDevice(Filter.Control);
StopTrace:
    FilterStopTrace();
FreePath:
    ExFreePoolWithTag(Filter.RegistryPath.Buffer, SAMPLE_TAG_PATH);
    return status;
}
