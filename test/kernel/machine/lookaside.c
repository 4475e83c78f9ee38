/*
 * Lookaside lists. A block belongs to the place that made its list, since that is where its tag is written. Nothing is
 * cached: each free reaches the pool.
 */
#include "machine.h"

#define MOST_LISTS 256

typedef struct _LIST {
    MACHINE_PLACE *Place;
    BOOLEAN IsDeleted;
} LIST;

static LIST Lists[MOST_LISTS];
static ULONG ListCount;

/* The routine is handed the list's type, size and tag: the list's number travels in the type's upper half. */
static PVOID NTAPI AllocateEntry(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    LIST *list = &Lists[(ULONG)Type >> 16];

    if (list->IsDeleted)
        MachineStop(0x99, "an allocation from a lookaside list that was deleted");
    return MachineAllocate(MachineLookaside, Size, Tag, list->Place);
}

static VOID NTAPI FreeEntry(PVOID Entry)
{
    MachineFree(MachineLookaside, Entry, MACHINE_ANY_TAG, "free to a lookaside list");
}

static VOID InitializeList(PGENERAL_LOOKASIDE List, PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free, SIZE_T Size,
                           ULONG Tag)
{
    if (ListCount == MOST_LISTS)
        MachineStop(0, "more than %u lookaside lists", MOST_LISTS);
    Lists[ListCount].Place = MachineHere();
    Lists[ListCount].IsDeleted = FALSE;
    RtlZeroMemory(List, sizeof(*List));
    List->Type = (POOL_TYPE)(ListCount++ << 16);
    List->Tag = Tag;
    List->Size = (ULONG)Size;
    List->Allocate = Allocate != NULL ? Allocate : AllocateEntry;
    List->Free = Free != NULL ? Free : FreeEntry;
}

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                           PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(Depth);
    InitializeList(&Lookaside->L, Allocate, Free, Size, Tag);
}

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                          PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth)
{
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(Depth);
    InitializeList(&Lookaside->L, Allocate, Free, Size, Tag);
}

static VOID DeleteList(PGENERAL_LOOKASIDE List)
{
    LIST *list = &Lists[(ULONG)List->Type >> 16];

    if (list->IsDeleted)
        MachineStop(0x99, "a lookaside list deleted twice");
    list->IsDeleted = TRUE;
}

VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    DeleteList(&Lookaside->L);
}

VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    DeleteList(&Lookaside->L);
}

USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    UNREFERENCED_PARAMETER(SListHead);
    return 0;
}

PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    UNREFERENCED_PARAMETER(ListHead);
    return NULL;
}

PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    UNREFERENCED_PARAMETER(ListHead);
    UNREFERENCED_PARAMETER(ListEntry);
    MachineStop(0, "an entry pushed to a list without depth");
}
