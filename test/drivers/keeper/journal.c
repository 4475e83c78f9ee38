/*
 * The journal: what was done, in two arrays that are made and freed together with their header.
 */
#include "keeper.h"
#include "memory.h"

#define JOURNAL_ENTRIES 32

NTSTATUS JournalOpen(PJOURNAL *Journal)
{
    PJOURNAL journal = KEEPER_ALLOCATE_ZEROED(sizeof(JOURNAL), KEEPER_TAG);

    if (journal == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    journal->Entries = MemoryAllocateFor(JOURNAL_ENTRIES * sizeof(ULONG), KEEPER_TAG);
    if (journal->Entries == NULL)
        goto Fail;
    journal->Marks = KEEPER_ALLOCATE(JOURNAL_ENTRIES);
    if (journal->Marks == NULL)
        goto Fail;
    RtlZeroMemory(journal->Marks, JOURNAL_ENTRIES);
    *Journal = journal;
    return STATUS_SUCCESS;

Fail:
    JournalClose(journal);
    return STATUS_INSUFFICIENT_RESOURCES;
}

VOID JournalAdd(PJOURNAL Journal, ULONG Entry)
{
    ULONG slot = Journal->Used++ % JOURNAL_ENTRIES;

    Journal->Entries[slot] = Entry;
    Journal->Marks[slot] = 1;
}

VOID JournalClose(PJOURNAL Journal)
{
    if (Journal->Marks != NULL)
        KEEPER_FREE(Journal->Marks);
    if (Journal->Entries != NULL)
        MemoryFreeFor(Journal->Entries, KEEPER_TAG);
    MemoryFreeFor(Journal, KEEPER_TAG);
}
