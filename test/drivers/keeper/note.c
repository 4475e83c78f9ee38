/*
 * Notes: a header, and the text in a block of its own.
 */
#include "keeper.h"
#include "memory.h"

PNOTE NoteCreate(PCSTR Text, ULONG Bytes)
{
    PNOTE note = KEEPER_ALLOCATE(sizeof(NOTE));

    if (note == NULL)
        return NULL;
    note->Bytes = Bytes;
    note->Text = ExAllocatePoolWithTag(PagedPool,
                                       Bytes + 1,
                                       KEEPER_TAG);
    if (note->Text == NULL) {
        KEEPER_FREE(note);
        return NULL;
    }
    RtlCopyMemory(note->Text, Text, Bytes);
    note->Text[Bytes] = 0;
    return note;
}

VOID NoteRelease(PNOTE Note)
{
    ExFreePoolWithTag(Note->Text, KEEPER_TAG);
    KEEPER_FREE(Note);
}

/* The caller owns the copy and gives it to MemoryPut. */
NTSTATUS NoteCopyText(PNOTE Note, PCHAR *Copy)
{
    PCHAR copy = MemoryGet(Note->Bytes + 1);

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(copy, Note->Text, Note->Bytes);
    *Copy = copy;
    return STATUS_SUCCESS;
}
