/*
 * Sample filter: commands of a program, captured in its request and carried out by the worker.
 */
#include "filter.h"

static LIST_ENTRY Commands;
static KSPIN_LOCK CommandsLock;

VOID FilterInitializeCommands(VOID)
{
    InitializeListHead(&Commands);
    KeInitializeSpinLock(&CommandsLock);
}

NTSTATUS FilterCaptureCommand(const SAMPLE_COMMAND *Input, ULONG InputBytes)
{
    PFILTER_COMMAND command;
    ULONG headerBytes = FIELD_OFFSET(SAMPLE_COMMAND, Text);

    if (InputBytes < headerBytes)
        return STATUS_BUFFER_TOO_SMALL;

    command = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(FILTER_COMMAND) + InputBytes, SAMPLE_TAG);
    if (command == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeQuerySystemTime(&command->Time);
    RtlCopyMemory(&command->Body, Input, InputBytes);

    if (command->Body.Kind >= SampleCommandMaximum) {
        ExFreePool(command);
        return STATUS_NOT_SUPPORTED;
    }
    if (command->Body.TextBytes > InputBytes - headerBytes)
        return STATUS_INVALID_PARAMETER;

    ExInterlockedInsertTailList(&Commands, &command->Link, &CommandsLock);
    return STATUS_SUCCESS;
}

static VOID FilterMark(PFILTER_COMMAND Command)
{
    SAMPLE_RECORD record;

    RtlZeroMemory(&record, sizeof(record));
    record.Time = Command->Time;
    record.Bytes = Command->Body.TextBytes;
    record.IsMark = TRUE;
    FilterTrace(&record);
}

VOID FilterRunCommands(VOID)
{
    PLIST_ENTRY link;

    while ((link = ExInterlockedRemoveHeadList(&Commands, &CommandsLock)) != NULL) {
        PFILTER_COMMAND command = CONTAINING_RECORD(link, FILTER_COMMAND, Link);

        switch (command->Body.Kind) {
        case SampleCommandClearTrace:
            FilterClearTrace();
            break;
        case SampleCommandClearRules:
            FilterClearRules();
            break;
        default:
            FilterMark(command);
            break;
        }
        ExFreePool(command);
    }
}
