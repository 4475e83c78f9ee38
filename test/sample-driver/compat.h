/*
 * ExAllocatePool2 came with the WDK of Windows 10 version 2004; older DDK headers do not declare it.
 */
#pragma once

#ifndef POOL_FLAG_NON_PAGED
typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_NON_PAGED 0x0000000000000040ULL
#define POOL_FLAG_PAGED 0x0000000000000100ULL
NTKERNELAPI PVOID NTAPI ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag);
#endif

/* A pool tag is a multi-character constant by nature. */
#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wmultichar"
#endif
