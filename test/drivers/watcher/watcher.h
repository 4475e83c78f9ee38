/*
 * Watcher: a file system filter that notes the writes of each handle and sends a summary to the network when it is closed.
 */
#pragma once

#include <fltkernel.h>

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wmultichar"
#endif

#define WATCHER_TAG 'hctW'
#define WATCHER_TAG_PATH 'pctW'

#define WATCHER_SECTOR 512
#define WATCHER_NAME_BYTES 128

/* One write, from the operation to the summary. */
typedef struct _WATCHER_EVENT {
    LIST_ENTRY Link;
    ULONG Bytes;
    ULONG Sum;
} WATCHER_EVENT, *PWATCHER_EVENT;

typedef struct _HANDLE_CONTEXT {
    LIST_ENTRY Events;
    ULONG EventCount;
    UNICODE_STRING Name;
} HANDLE_CONTEXT, *PHANDLE_CONTEXT;

typedef struct _INSTANCE_CONTEXT {
    ULONG Writes;
    PULONG Histogram;
} INSTANCE_CONTEXT, *PINSTANCE_CONTEXT;

typedef struct _WATCHER_GLOBALS {
    PFLT_FILTER Filter;
    PAGED_LOOKASIDE_LIST Events;
    NPAGED_LOOKASIDE_LIST Summaries;
    PVOID Window;
    UNICODE_STRING ServiceKey;
} WATCHER_GLOBALS;

/* What is said of a closed handle. */
typedef struct _SUMMARY {
    ULONG Writes;
    ULONG Bytes;
    ULONG Sum;
} SUMMARY, *PSUMMARY;

extern WATCHER_GLOBALS Watcher;

/* watcher.c */
DRIVER_INITIALIZE DriverEntry;

/* contexts.c */
extern const FLT_CONTEXT_REGISTRATION WatcherContexts[];
NTSTATUS WatcherHandleContext(PCFLT_RELATED_OBJECTS Objects, PHANDLE_CONTEXT *Context);
NTSTATUS WatcherInstanceContext(PCFLT_RELATED_OBJECTS Objects, PINSTANCE_CONTEXT *Context);

/* operations.c */
extern const FLT_OPERATION_REGISTRATION WatcherOperations[];

/* sender.c */
NTSTATUS SenderStart(VOID);
VOID SenderStop(VOID);
VOID SenderSend(const SUMMARY *Summary);
ULONG SenderCount(VOID);
