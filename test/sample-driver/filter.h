/*
 * Sample filter: an upper filter that notes the reads and writes passing through a device, keeps those that match a
 * rule in a trace, and hands the trace to a program.
 */
#pragma once

#include <ntddk.h>
#include "compat.h"
#include "ioctl.h"

/* Pool tags. They are written reversed: PoolMon shows 'lpmX' as Xmpl. */
#define SAMPLE_TAG          'lpmX'
#define SAMPLE_TAG_PATH     'hPmX'
#define SAMPLE_TAG_QUEUE    'uQmX'
#define SAMPLE_TAG_TRACE    'rTmX'
#define SAMPLE_TAG_SIZES    'zSmX'
#define SAMPLE_TAG_RULE     'lRmX'
#define SAMPLE_TAG_WORKER   'kWmX'
#define SAMPLE_TAG_LOCK     'kLmX'

#define FILTER_FLUSH_SECONDS     2
#define FILTER_SETTING_SECONDS   15
#define FILTER_QUEUE_LIMIT       4096
#define FILTER_TRACE_DEFAULT     256
#define FILTER_TRACE_MAXIMUM     4096
#define FILTER_RULE_LIMIT        64
#define FILTER_SIZE_CLASSES      32

/* A read or write that passed, until the worker has looked at it. */
typedef struct _FILTER_REQUEST {
    LIST_ENTRY Link;
    LARGE_INTEGER Time;
    LARGE_INTEGER Offset;
    ULONG Bytes;
    UCHAR MajorFunction;
} FILTER_REQUEST, *PFILTER_REQUEST;

typedef struct _FILTER_QUEUE {
    LIST_ENTRY Requests;
    KSPIN_LOCK Lock;
    LONG Count;
    LONG Dropped;
} FILTER_QUEUE, *PFILTER_QUEUE;

/* A command from IOCTL_SAMPLE_COMMAND, until the worker has carried it out. */
typedef struct _FILTER_COMMAND {
    LIST_ENTRY Link;
    LARGE_INTEGER Time;
    SAMPLE_COMMAND Body;
} FILTER_COMMAND, *PFILTER_COMMAND;

typedef struct _FILTER_RULE {
    LIST_ENTRY Link;
    SAMPLE_RULE Body;
} FILTER_RULE, *PFILTER_RULE;

typedef struct _FILTER_TRACE_ENTRY {
    LIST_ENTRY Link;
    SAMPLE_RECORD Record;
} FILTER_TRACE_ENTRY, *PFILTER_TRACE_ENTRY;

typedef struct _FILTER_DEVICE {
    LIST_ENTRY Link;
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    PDEVICE_OBJECT Physical;
    IO_REMOVE_LOCK RemoveLock;
    PFILTER_QUEUE Queue;
    PWSTR Description;
    ULONG Number;
} FILTER_DEVICE, *PFILTER_DEVICE;

typedef struct _FILTER_WORKER {
    PVOID Thread;
    KEVENT Stop;
    ULONG Rounds;
} FILTER_WORKER, *PFILTER_WORKER;

typedef struct _FILTER_GLOBALS {
    PDEVICE_OBJECT Control;
    UNICODE_STRING RegistryPath;
    FAST_MUTEX DevicesLock;
    LIST_ENTRY Devices;
    ULONG NextNumber;
    PFILTER_WORKER Worker;
} FILTER_GLOBALS;

extern FILTER_GLOBALS Filter;

/* driver.c */
DRIVER_INITIALIZE DriverEntry;

/* pnp.c */
DRIVER_ADD_DEVICE FilterAddDevice;
DRIVER_DISPATCH FilterPnp;
DRIVER_DISPATCH FilterPower;
NTSTATUS FilterPass(PFILTER_DEVICE Device, PIRP Irp);

/* queue.c */
NTSTATUS FilterCreateQueue(PFILTER_QUEUE *Queue);
VOID FilterDeleteQueue(PFILTER_QUEUE Queue);
VOID FilterQueueRequest(PFILTER_DEVICE Device, PIRP Irp);
VOID FilterFlushQueue(PFILTER_DEVICE Device);

/* command.c */
VOID FilterInitializeCommands(VOID);
NTSTATUS FilterCaptureCommand(const SAMPLE_COMMAND *Input, ULONG InputBytes);
VOID FilterRunCommands(VOID);

/* config.c */
VOID FilterInitializeRules(VOID);
NTSTATUS FilterAddRule(const SAMPLE_RULE *Rule, ULONG RuleBytes);
BOOLEAN FilterMatchesRules(UCHAR MajorFunction, ULONG Bytes);
VOID FilterClearRules(VOID);
ULONG FilterReadSetting(PCWSTR Name, ULONG Default);

/* trace.c */
NTSTATUS FilterStartTrace(VOID);
VOID FilterStopTrace(VOID);
VOID FilterLimitTrace(ULONG Limit);
VOID FilterTrace(const SAMPLE_RECORD *Record);
VOID FilterClearTrace(VOID);
VOID FilterCountSize(ULONG Bytes);
NTSTATUS FilterSnapshotTrace(PSAMPLE_RECORD Output, ULONG OutputBytes, PULONG_PTR Written);

/* worker.c */
NTSTATUS FilterStartWorker(VOID);
VOID FilterStopWorker(VOID);
