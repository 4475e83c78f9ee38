/*
 * Exercise of the keeper: notes written, read, counted and forgotten, and some left for the unload.
 */
#include "machine.h"
#include "keeper.h"

static NTSTATUS Ask(PDEVICE_OBJECT Device, ULONG Code, ULONG Book, ULONG Bytes)
{
    UCHAR buffer[128] = { 0 };
    PKEEPER_REQUEST request = (PKEEPER_REQUEST)buffer;

    request->Book = Book;
    request->Bytes = Bytes;
    request->Text[0] = 'n';
    return MachineControl(Device, Code, buffer, sizeof(KEEPER_REQUEST), sizeof(buffer));
}

VOID Exercise(VOID)
{
    PDEVICE_OBJECT device;
    ULONG i;

    if (!NT_SUCCESS(MachineLoad(DriverEntry)))
        return;
    device = MachineDevice(L"\\Device\\Keeper");
    for (i = 0; i < 24; i++)
        EXPECT(Ask(device, IOCTL_KEEPER_WRITE, i % 6, 8 + i) == STATUS_SUCCESS);
    EXPECT(Ask(device, IOCTL_KEEPER_WRITE, 99, 1) == STATUS_INVALID_PARAMETER);
    for (i = 0; i < 6; i++)
        EXPECT(Ask(device, IOCTL_KEEPER_READ, i, 0) == STATUS_SUCCESS);
    EXPECT(Ask(device, IOCTL_KEEPER_COUNT, 0, 0) == STATUS_SUCCESS);
    for (i = 0; i < 4; i++)
        EXPECT(Ask(device, IOCTL_KEEPER_FORGET, i, 0) == STATUS_SUCCESS);
    EXPECT(Ask(device, IOCTL_KEEPER_WRITE, 2, 8) == STATUS_SUCCESS);
    MachineUnload();
}
