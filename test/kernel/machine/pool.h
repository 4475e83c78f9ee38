/*
 * What main asks of the pool.
 */
#pragma once

#include <ntdef.h>

/*
 * Pairs of words: `leak RVA`, a return address whose blocks are not freed; `leak-label LABEL`, the same by a place's label;
 * `fail N`, the allocation (from 1) that gets no memory.
 */
VOID MachineInject(int Count, char **Words);

/* Prints every place: tag, allocations, frees, bytes, label, return addresses. */
VOID MachineReport(VOID);
