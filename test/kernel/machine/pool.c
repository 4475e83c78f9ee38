/*
 * The pool: blocks, the tag table, the stops of a wrong free, and the leaks and failures that a run asks for.
 */
#include "machine.h"
#include <process.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pool.h"

#define FRAMES 16
#define MOST_PLACES 1024
#define MOST_BLOCKS 65536
#define GUARD 16

typedef enum _BLOCK_STATE { BlockLive, BlockLeaked, BlockFreed } BLOCK_STATE;

typedef struct _BLOCK {
    PUCHAR Address;
    SIZE_T Bytes;
    ULONG Tag;
    MACHINE_KIND Kind;
    BLOCK_STATE State;
    MACHINE_PLACE *Place;
} BLOCK;

struct _MACHINE_PLACE {
    ULONG_PTR Frames[FRAMES];
    ULONG Depth;
    const char *Label;
    /* Of the blocks that came from here. */
    ULONG Tag;
    ULONG Allocations;
    ULONG Frees;
    ULONG64 Bytes;
};

static BLOCK Blocks[MOST_BLOCKS];
static ULONG BlockCount;
static MACHINE_PLACE Places[MOST_PLACES];
static ULONG PlaceCount;

static ULONG_PTR LeakFrames[FRAMES * 8];
static ULONG LeakCount;
static const char *LeakLabel;
static ULONG Attempts;
static ULONG FailAttempt;

static const char *const KindNames[] = { "pool", "lookaside", "aligned", "mapping", "context", "net buffer", "ndis" };

static const char *TagText(ULONG Tag)
{
    static char texts[4][5];
    static ULONG next;
    char *text = texts[next++ % 4];

    memcpy(text, &Tag, 4);
    text[4] = 0;
    return text;
}

VOID MachineStop(ULONG Reason, const char *Format, ...)
{
    ULONG_PTR frames[FRAMES];
    ULONG depth = MachineStack(frames, FRAMES);
    va_list arguments;
    ULONG i;

    printf("stop 0xC2 0x%lX ", Reason);
    va_start(arguments, Format);
    vprintf(Format, arguments);
    va_end(arguments);
    printf("\nat");
    for (i = 0; i < depth; i++)
        printf(" %llx", (unsigned long long)frames[i]);
    printf("\n");
    fflush(stdout);
    _exit(0xC2);
}

VOID MachineFailed(const char *File, ULONG Line, const char *Condition)
{
    if (FailAttempt != 0)
        return;
    printf("failed %s:%lu %s\n", File, Line, Condition);
    fflush(stdout);
    _exit(1);
}

static MACHINE_PLACE *Known(const MACHINE_PLACE *Place)
{
    ULONG i;

    for (i = 0; i < PlaceCount; i++) {
        if (Places[i].Label == Place->Label && Places[i].Depth == Place->Depth &&
            memcmp(Places[i].Frames, Place->Frames, sizeof(Place->Frames)) == 0)
            return &Places[i];
    }
    if (PlaceCount == MOST_PLACES)
        MachineStop(0, "more than %u places", MOST_PLACES);
    Places[PlaceCount] = *Place;
    return &Places[PlaceCount++];
}

MACHINE_PLACE *MachineHere(VOID)
{
    MACHINE_PLACE here;

    memset(&here, 0, sizeof(here));
    here.Depth = MachineStack(here.Frames, FRAMES);
    return Known(&here);
}

MACHINE_PLACE *MachinePlace(const char *Label)
{
    MACHINE_PLACE place;

    memset(&place, 0, sizeof(place));
    place.Label = Label;
    return Known(&place);
}

static BOOLEAN IsPrintable(ULONG Tag)
{
    const UCHAR *c = (const UCHAR *)&Tag;
    BOOLEAN named = FALSE;
    ULONG i;

    for (i = 0; i < 4; i++)
        named |= (c[i] >= '0' && c[i] <= '9') || (c[i] >= 'A' && c[i] <= 'Z') || (c[i] >= 'a' && c[i] <= 'z');
    return named;
}

PVOID MachineAllocate(MACHINE_KIND Kind, SIZE_T Bytes, ULONG Tag, MACHINE_PLACE *Place)
{
    BLOCK *block = &Blocks[BlockCount];

    if (Tag == 0)
        MachineStop(0x9B, "allocation with tag 0");
    if (Tag == 0x00474942 || Tag == 0x20474942)
        MachineStop(0x9C, "allocation with tag BIG");
    if (!IsPrintable(Tag))
        MachineStop(0x9D, "allocation with a tag without letter or digit");
    if (++Attempts == FailAttempt)
        return NULL;
    if (BlockCount == MOST_BLOCKS)
        MachineStop(0, "more than %u blocks", MOST_BLOCKS);
    if (Place->Tag != 0 && Place->Tag != Tag)
        MachineStop(0, "one place with the tags '%s' and '%s'", TagText(Place->Tag), TagText(Tag));

    /* Never given back: an address stays known as freed. The guards catch a write beside the block. */
    block->Address = malloc(Bytes + 2 * GUARD);
    memset(block->Address, 0xB5, Bytes + 2 * GUARD);
    block->Address += GUARD;
    memset(block->Address, 0xCD, Bytes);
    block->Bytes = Bytes;
    block->Tag = Tag;
    block->Kind = Kind;
    block->State = BlockLive;
    block->Place = Place;
    BlockCount++;
    Place->Tag = Tag;
    Place->Allocations++;
    Place->Bytes += Bytes;
    return block->Address;
}

static BOOLEAN LeaksAt(const MACHINE_PLACE *Place)
{
    ULONG i, k;

    if (LeakLabel != NULL)
        return Place->Label != NULL && strcmp(Place->Label, LeakLabel) == 0;
    for (i = 0; i < Place->Depth; i++) {
        for (k = 0; k < LeakCount; k++) {
            if (Place->Frames[i] == LeakFrames[k])
                return TRUE;
        }
    }
    return FALSE;
}

VOID MachineFree(MACHINE_KIND Kind, PVOID Address, ULONG Tag, const char *Routine)
{
    BLOCK *block = NULL;
    ULONG i;

    for (i = BlockCount; i-- > 0;) {
        if (Blocks[i].Address == Address) {
            block = &Blocks[i];
            break;
        }
    }
    if (block == NULL)
        MachineStop(0x46, "%s of memory that no routine gave out", Routine);
    if (block->State != BlockLive)
        MachineStop(0x7, "%s of '%s' that was freed before", Routine, TagText(block->Tag));
    if (block->Kind != Kind)
        MachineStop(0x99, "%s of '%s' that came from %s", Routine, TagText(block->Tag), KindNames[block->Kind]);
    if (Tag != MACHINE_ANY_TAG && block->Tag != Tag)
        MachineStop(0xA, "%s with tag '%s' of memory with tag '%s'", Routine, TagText(Tag), TagText(block->Tag));
    for (i = 1; i <= GUARD; i++) {
        if (block->Address[-(LONG)i] != 0xB5 || block->Address[block->Bytes + i - 1] != 0xB5)
            MachineStop(0x20, "a write beside the block of '%s'", TagText(block->Tag));
    }
    /* A leak is a free that did not happen: the driver has let go of the block, the table keeps it. */
    if (LeaksAt(block->Place)) {
        block->State = BlockLeaked;
        return;
    }
    block->State = BlockFreed;
    block->Place->Frees++;
    block->Place->Bytes -= block->Bytes;
    memset(block->Address, 0xDD, block->Bytes);
}

VOID MachineInject(int Count, char **Words)
{
    int i;

    for (i = 0; i + 1 < Count; i += 2) {
        if (strcmp(Words[i], "leak") == 0)
            LeakFrames[LeakCount++] = strtoull(Words[i + 1], NULL, 16);
        else if (strcmp(Words[i], "leak-label") == 0)
            LeakLabel = Words[i + 1];
        else if (strcmp(Words[i], "fail") == 0)
            FailAttempt = strtoul(Words[i + 1], NULL, 10);
    }
}

VOID MachineReport(VOID)
{
    ULONG i, k;

    printf("attempts %lu\n", Attempts);
    for (i = 0; i < PlaceCount; i++) {
        const MACHINE_PLACE *place = &Places[i];

        if (place->Allocations == 0)
            continue;
        printf("place %08lx %lu %lu %llu %s", place->Tag, place->Allocations, place->Frees,
               (unsigned long long)place->Bytes, place->Label != NULL ? place->Label : "-");
        for (k = 0; k < place->Depth; k++)
            printf(" %llx", (unsigned long long)place->Frames[k]);
        printf("\n");
    }
    printf("done\n");
    fflush(stdout);
}

/* Routines of the executive. */

PVOID NTAPI ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    UNREFERENCED_PARAMETER(PoolType);
    return MachineAllocate(MachinePool, NumberOfBytes, Tag, MachineHere());
}

PVOID NTAPI ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    UNREFERENCED_PARAMETER(PoolType);
    return MachineAllocate(MachinePool, NumberOfBytes, Tag, MachineHere());
}

PVOID NTAPI ExAllocatePoolWithTagPriority(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, EX_POOL_PRIORITY Priority)
{
    UNREFERENCED_PARAMETER(PoolType);
    UNREFERENCED_PARAMETER(Priority);
    return MachineAllocate(MachinePool, NumberOfBytes, Tag, MachineHere());
}

PVOID NTAPI ExAllocatePool2(ULONG64 Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    PVOID address = MachineAllocate(MachinePool, NumberOfBytes, Tag, MachineHere());

    if (address != NULL && !(Flags & 0x2))
        memset(address, 0, NumberOfBytes);
    return address;
}

PVOID NTAPI ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    UNREFERENCED_PARAMETER(PoolType);
    return MachineAllocate(MachinePool, NumberOfBytes, 'enoN', MachineHere());
}

VOID NTAPI ExFreePool(PVOID P)
{
    MachineFree(MachinePool, P, MACHINE_ANY_TAG, "ExFreePool");
}

VOID NTAPI ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    MachineFree(MachinePool, P, Tag, "ExFreePoolWithTag");
}

PVOID NTAPI MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    return MachineAllocate(MachineMapping, NumberOfBytes, PoolTag, MachineHere());
}

VOID NTAPI MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    if (PoolTag == 0)
        MachineStop(0xA, "MmFreeMappingAddress with tag 0");
    MachineFree(MachineMapping, BaseAddress, PoolTag, "MmFreeMappingAddress");
}
