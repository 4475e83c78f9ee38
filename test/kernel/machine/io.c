/*
 * Devices, requests and the registry, as far as one driver above one device needs them.
 */
#include "machine.h"
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define MOST_DEVICES 16
#define STACK_LOCATIONS 4

static DRIVER_OBJECT Driver;
static DRIVER_EXTENSION DriverExtension;
static DRIVER_OBJECT LowerDriver;
static WCHAR RegistryPath[] = L"\\Registry\\Machine\\System\\Services\\Exercise";

static struct {
    PDEVICE_OBJECT Device;
    WCHAR Name[64];
} Devices[MOST_DEVICES];
static ULONG DeviceCount;

static NTSTATUS NTAPI CompleteBelow(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return STATUS_SUCCESS;
}

PDRIVER_OBJECT MachineDriver(VOID)
{
    return &Driver;
}

NTSTATUS MachineLoad(PDRIVER_INITIALIZE Entry)
{
    UNICODE_STRING path;
    ULONG major;

    for (major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
        LowerDriver.MajorFunction[major] = CompleteBelow;
    Driver.DriverExtension = &DriverExtension;
    RtlInitUnicodeString(&path, RegistryPath);
    return Entry(&Driver, &path);
}

VOID MachineUnload(VOID)
{
    Driver.DriverUnload(&Driver);
}

static PDEVICE_OBJECT NewDevice(PDRIVER_OBJECT Owner, ULONG ExtensionBytes, const UNICODE_STRING *Name)
{
    PDEVICE_OBJECT device = calloc(1, sizeof(DEVICE_OBJECT));

    device->DriverObject = Owner;
    device->DeviceExtension = calloc(1, ExtensionBytes + 1);
    device->StackSize = 1;
    Devices[DeviceCount].Device = device;
    if (Name != NULL)
        memcpy(Devices[DeviceCount].Name, Name->Buffer, Name->Length);
    DeviceCount++;
    return device;
}

PDEVICE_OBJECT MachineDevice(const WCHAR *Name)
{
    ULONG i;

    for (i = 0; i < DeviceCount; i++) {
        if (wcscmp(Devices[i].Name, Name) == 0)
            return Devices[i].Device;
    }
    return NULL;
}

/* A device below, and the driver's own that it attaches; NULL where the driver refuses. */
PDEVICE_OBJECT MachineAddDevice(VOID)
{
    PDEVICE_OBJECT physical = NewDevice(&LowerDriver, 0, NULL);

    if (!NT_SUCCESS(DriverExtension.AddDevice(&Driver, physical)))
        return NULL;
    return physical->AttachedDevice;
}

PIRP MachineIrp(UCHAR Major, UCHAR Minor)
{
    PIRP irp = calloc(1, sizeof(IRP) + STACK_LOCATIONS * sizeof(IO_STACK_LOCATION));
    PIO_STACK_LOCATION stack = (PIO_STACK_LOCATION)(irp + 1) + 1;

    irp->StackCount = STACK_LOCATIONS;
    irp->CurrentLocation = 2;
    irp->Tail.Overlay.CurrentStackLocation = stack;
    stack->MajorFunction = Major;
    stack->MinorFunction = Minor;
    return irp;
}

NTSTATUS MachineSend(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = Irp->Tail.Overlay.CurrentStackLocation;
    NTSTATUS status;

    stack->DeviceObject = Device;
    status = Device->DriverObject->MajorFunction[stack->MajorFunction](Device, Irp);
    free(Irp);
    return status;
}

NTSTATUS MachineControl(PDEVICE_OBJECT Device, ULONG Code, PVOID Buffer, ULONG InputBytes, ULONG OutputBytes)
{
    PIRP irp = MachineIrp(IRP_MJ_DEVICE_CONTROL, 0);
    PIO_STACK_LOCATION stack = irp->Tail.Overlay.CurrentStackLocation;

    stack->Parameters.DeviceIoControl.IoControlCode = Code;
    stack->Parameters.DeviceIoControl.InputBufferLength = InputBytes;
    stack->Parameters.DeviceIoControl.OutputBufferLength = OutputBytes;
    irp->AssociatedIrp.SystemBuffer = Buffer;
    return MachineSend(Device, irp);
}

NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize, PUNICODE_STRING DeviceName,
                              DEVICE_TYPE DeviceType, ULONG DeviceCharacteristics, BOOLEAN Exclusive,
                              PDEVICE_OBJECT *DeviceObject)
{
    UNREFERENCED_PARAMETER(DeviceCharacteristics);
    UNREFERENCED_PARAMETER(Exclusive);
    *DeviceObject = NewDevice(DriverObject, DeviceExtensionSize, DeviceName);
    (*DeviceObject)->DeviceType = DeviceType;
    return STATUS_SUCCESS;
}

VOID NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
    ULONG i;

    for (i = 0; i < DeviceCount; i++) {
        if (Devices[i].Device == DeviceObject)
            Devices[i].Name[0] = 0;
    }
}

NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    UNREFERENCED_PARAMETER(SymbolicLinkName);
    UNREFERENCED_PARAMETER(DeviceName);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    UNREFERENCED_PARAMETER(SymbolicLinkName);
    return STATUS_SUCCESS;
}

PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT SourceDevice, PDEVICE_OBJECT TargetDevice)
{
    TargetDevice->AttachedDevice = SourceDevice;
    return TargetDevice;
}

VOID NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice)
{
    TargetDevice->AttachedDevice = NULL;
}

NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return CompleteBelow(DeviceObject, Irp);
}

NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return CompleteBelow(DeviceObject, Irp);
}

VOID NTAPI PoStartNextPowerIrp(PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
}

VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(PriorityBoost);
}

BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    CompleteBelow(DeviceObject, Irp);
    return TRUE;
}

NTSTATUS NTAPI IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                   ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength)
{
    static const WCHAR description[] = L"Disk of the exercise";

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(DeviceProperty);
    *ResultLength = sizeof(description);
    if (BufferLength < sizeof(description))
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(PropertyBuffer, description, sizeof(description));
    return STATUS_SUCCESS;
}

VOID NTAPI IoInitializeRemoveLockEx(PIO_REMOVE_LOCK Lock, ULONG AllocateTag, ULONG MaxLockedMinutes, ULONG HighWatermark,
                                    ULONG RemlockSize)
{
    UNREFERENCED_PARAMETER(AllocateTag);
    UNREFERENCED_PARAMETER(MaxLockedMinutes);
    UNREFERENCED_PARAMETER(HighWatermark);
    UNREFERENCED_PARAMETER(RemlockSize);
    RtlZeroMemory(Lock, sizeof(*Lock));
}

NTSTATUS NTAPI IoAcquireRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, PCSTR File, ULONG Line, ULONG RemlockSize)
{
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(File);
    UNREFERENCED_PARAMETER(Line);
    UNREFERENCED_PARAMETER(RemlockSize);
    return RemoveLock->Common.Removed ? STATUS_DELETE_PENDING : STATUS_SUCCESS;
}

VOID NTAPI IoReleaseRemoveLockEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    UNREFERENCED_PARAMETER(RemoveLock);
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(RemlockSize);
}

VOID NTAPI IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG RemlockSize)
{
    UNREFERENCED_PARAMETER(Tag);
    UNREFERENCED_PARAMETER(RemlockSize);
    RemoveLock->Common.Removed = TRUE;
}

/* Every value of every key is the number 16. */
NTSTATUS NTAPI ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectAttributes);
    *KeyHandle = (HANDLE)0x40;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, KEY_VALUE_INFORMATION_CLASS Class,
                               PVOID Information, ULONG Length, PULONG ResultLength)
{
    PKEY_VALUE_PARTIAL_INFORMATION value = Information;
    ULONG number = 16;

    UNREFERENCED_PARAMETER(KeyHandle);
    UNREFERENCED_PARAMETER(ValueName);
    UNREFERENCED_PARAMETER(Class);
    *ResultLength = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(number);
    if (Length < *ResultLength)
        return STATUS_BUFFER_TOO_SMALL;
    value->Type = REG_DWORD;
    value->DataLength = sizeof(number);
    memcpy(value->Data, &number, sizeof(number));
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwClose(HANDLE Handle)
{
    UNREFERENCED_PARAMETER(Handle);
    return STATUS_SUCCESS;
}
