/*
 * Exercise of the watcher: handles that are written to and closed, more than the sender's queue holds.
 */
#include "machine.h"
#include "filterManager.h"
#include "watcher.h"

static VOID Operate(UCHAR Major, PFILE_OBJECT File, PVOID Data, ULONG Bytes)
{
    const FLT_OPERATION_REGISTRATION *operation = MachineFilter()->OperationRegistration;
    FLT_RELATED_OBJECTS objects = { (PFLT_FILTER)MachineFilter(), NULL, File };
    FLT_IO_PARAMETER_BLOCK block = { 0 };
    FLT_CALLBACK_DATA data = { 0 };
    PVOID context = NULL;

    block.MajorFunction = Major;
    block.Parameters.Write.Length = Bytes;
    block.Parameters.Write.WriteBuffer = Data;
    data.Iopb = &block;
    while (operation->MajorFunction != Major)
        operation++;
    if (operation->PreOperation(&data, &objects, &context) == FLT_PREOP_SUCCESS_WITH_CALLBACK) {
        operation->PostOperation(&data, &objects, context, 0);
        EXPECT(data.IoStatus.Information == Bytes);
    }
}

VOID Exercise(VOID)
{
    static UCHAR data[1024];
    FILE_OBJECT files[6];
    ULONG i, k;

    RtlZeroMemory(files, sizeof(files));
    if (!NT_SUCCESS(MachineLoad(DriverEntry)))
        return;
    for (k = 0; k < 5; k++) {
        for (i = 0; i < 6; i++)
            Operate(IRP_MJ_WRITE, &files[i], data, 100 + 100 * k);
    }
    for (i = 0; i < 6; i++) {
        Operate(IRP_MJ_CLEANUP, &files[i], NULL, 0);
        MachineCloseFile(&files[i]);
    }
    EXPECT(SenderCount() == 6);
    MachineFilter()->FilterUnloadCallback(0);
}
