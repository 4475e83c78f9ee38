/*
 * Memory of the keeper. Everything is counted under one tag.
 */
#pragma once

#include <ntddk.h>

#define KEEPER_TAG 'peeK'

/* Where a block's owner is known, it names a tag itself. */
PVOID MemoryAllocateFor(SIZE_T Bytes, ULONG Tag);
VOID MemoryFreeFor(PVOID Address, ULONG Tag);

/* Zeroed, paged. */
PVOID MemoryGet(SIZE_T Bytes);
VOID MemoryPut(PVOID Address);

/* Doubles as the routine for strings. */
#define MemoryGetText(characters) MemoryGet(((characters) + 1) * sizeof(WCHAR))

/* For blocks that are used at DISPATCH_LEVEL. */
#define KEEPER_ALLOCATE(bytes) ExAllocatePoolWithTag(NonPagedPoolNx, (bytes), KEEPER_TAG)
#define KEEPER_FREE(address) ExFreePoolWithTag((address), KEEPER_TAG)

#define KEEPER_ALLOCATE_ZEROED(bytes, tag) MemoryAllocateFor((bytes), (tag))
