/*
 * Exercise of the sample driver: devices, reads and writes, commands, rules, a snapshot of the trace, removal and unload.
 * Malformed commands stay out: those leak on purpose.
 */
#include "machine.h"
#include "ioctl.h"

DRIVER_INITIALIZE DriverEntry;

static VOID Command(PDEVICE_OBJECT Control, ULONG Kind, NTSTATUS Expected)
{
    UCHAR buffer[64] = { 0 };
    SAMPLE_COMMAND *command = (SAMPLE_COMMAND *)buffer;

    command->Kind = Kind;
    command->TextBytes = 8;
    EXPECT(MachineControl(Control, IOCTL_SAMPLE_COMMAND, buffer, sizeof(buffer), 0) == Expected);
}

static VOID Transfer(PDEVICE_OBJECT Device, UCHAR Major, ULONG Bytes)
{
    PIRP irp = MachineIrp(Major, 0);

    IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length = Bytes;
    MachineSend(Device, irp);
}

static VOID UseDevice(PDEVICE_OBJECT Device)
{
    ULONG i;

    MachineSend(Device, MachineIrp(IRP_MJ_PNP, IRP_MN_START_DEVICE));
    for (i = 1; i <= 40; i++) {
        Transfer(Device, i % 2 ? IRP_MJ_READ : IRP_MJ_WRITE, 512 * i);
        if (i % 10 == 0)
            MachinePassTime();
    }
    Transfer(Device, IRP_MJ_WRITE, 4096);
}

VOID Exercise(VOID)
{
    static SAMPLE_RECORD records[64];
    SAMPLE_RULE rule = { IRP_MJ_WRITE, { 0 }, 1024 };
    PDEVICE_OBJECT control, device;
    ULONG i;

    if (!NT_SUCCESS(MachineLoad(DriverEntry)))
        return;
    control = MachineDevice(L"\\Device\\SampleFilter");
    for (i = 0; i < 65; i++)
        MachineControl(control, IOCTL_SAMPLE_ADD_RULE, &rule, sizeof(rule), 0);
    device = MachineAddDevice();
    if (device != NULL)
        UseDevice(device);
    Command(control, SampleCommandMark, STATUS_SUCCESS);
    Command(control, SampleCommandMaximum, STATUS_NOT_SUPPORTED);
    Command(control, SampleCommandClearRules, STATUS_SUCCESS);
    MachinePassTime();
    MachineControl(control, IOCTL_SAMPLE_READ_TRACE, records, 0, sizeof(records));
    EXPECT(records[0].Bytes != 0);
    Command(control, SampleCommandClearTrace, STATUS_SUCCESS);
    MachinePassTime();
    if (device != NULL)
        MachineSend(device, MachineIrp(IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE));
    Command(control, SampleCommandMark, STATUS_SUCCESS);
    MachineUnload();
}
