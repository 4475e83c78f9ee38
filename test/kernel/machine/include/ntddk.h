/*
 * mingw-w64's ntddk.h for C++ too: it defines two routines that intrin.h has defined before, which C++ refuses.
 */
#pragma once

#ifdef __cplusplus
#include <ntdef.h>
#include <intrin.h>
#define InterlockedBitTestAndSet DdkInterlockedBitTestAndSet
#define InterlockedBitTestAndReset DdkInterlockedBitTestAndReset
#endif

#include_next <ntddk.h>
