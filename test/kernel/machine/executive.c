/*
 * Locks, interlocked lists and strings. One thread runs at a time, so locks only see that they are used in pairs.
 */
#include "machine.h"

VOID FASTCALL ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    EXPECT(FastMutex->Count == 1);
    FastMutex->Count = 0;
}

VOID FASTCALL ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    EXPECT(FastMutex->Count == 0);
    FastMutex->Count = 1;
}

KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    EXPECT(*SpinLock == 0);
    *SpinLock = 1;
    return PASSIVE_LEVEL;
}

VOID NTAPI KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    UNREFERENCED_PARAMETER(NewIrql);
    EXPECT(*SpinLock == 1);
    *SpinLock = 0;
}

PLIST_ENTRY NTAPI ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    PLIST_ENTRY last = IsListEmpty(ListHead) ? NULL : ListHead->Blink;

    UNREFERENCED_PARAMETER(Lock);
    InsertTailList(ListHead, ListEntry);
    return last;
}

PLIST_ENTRY NTAPI ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    UNREFERENCED_PARAMETER(Lock);
    return IsListEmpty(ListHead) ? NULL : RemoveHeadList(ListHead);
}

VOID NTAPI RtlInitUnicodeString(PUNICODE_STRING DestinationString, PCWSTR SourceString)
{
    USHORT length = 0;

    while (SourceString != NULL && SourceString[length] != 0)
        length++;
    DestinationString->Buffer = (PWCHAR)SourceString;
    DestinationString->Length = length * sizeof(WCHAR);
    DestinationString->MaximumLength = SourceString != NULL ? (length + 1) * sizeof(WCHAR) : 0;
}

VOID NTAPI RtlCopyUnicodeString(PUNICODE_STRING DestinationString, PCUNICODE_STRING SourceString)
{
    DestinationString->Length = min(SourceString->Length, DestinationString->MaximumLength);
    RtlCopyMemory(DestinationString->Buffer, SourceString->Buffer, DestinationString->Length);
}
