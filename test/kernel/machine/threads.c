/*
 * System threads as fibers: a thread runs until it waits, and the exercise says when time passes.
 */
#include "machine.h"
#include <stdlib.h>

#define MOST_THREADS 8

/* The dispatcher's number for a thread; events are 0 and 1. */
#define THREAD_OBJECT 6

typedef struct _THREAD {
    DISPATCHER_HEADER Header;
    PVOID Fiber;
    PKSTART_ROUTINE Routine;
    PVOID Context;
    PKEVENT WaitsFor;
    BOOLEAN HasTimeout;
    NTSTATUS WaitStatus;
} THREAD;

static THREAD Threads[MOST_THREADS];
static ULONG ThreadCount;
static THREAD *Running;

static VOID RunThread(PVOID Context)
{
    THREAD *thread = Context;

    thread->Routine(thread->Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID Resume(THREAD *Thread, NTSTATUS Status)
{
    Thread->WaitStatus = Status;
    Running = Thread;
    MachineSwitchTo(Thread->Fiber);
    Running = NULL;
}

static BOOLEAN TakeSignal(PKEVENT Event)
{
    if (Event->Header.SignalState == 0)
        return FALSE;
    if (Event->Header.Type == SynchronizationEvent)
        Event->Header.SignalState = 0;
    return TRUE;
}

static BOOLEAN HasEnded(const THREAD *Thread)
{
    return Thread->Header.SignalState != 0;
}

static VOID RunWaiting(BOOLEAN TimePasses)
{
    ULONG i;

    for (i = 0; i < ThreadCount; i++) {
        THREAD *thread = &Threads[i];

        if (HasEnded(thread))
            continue;
        if (thread->WaitsFor == NULL || TakeSignal(thread->WaitsFor))
            Resume(thread, STATUS_SUCCESS);
        else if (TimePasses && thread->HasTimeout)
            Resume(thread, STATUS_TIMEOUT);
    }
}

VOID MachinePassTime(VOID)
{
    RunWaiting(TRUE);
}

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes,
                                    HANDLE ProcessHandle, PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
                                    PVOID StartContext)
{
    THREAD *thread = &Threads[ThreadCount++];

    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectAttributes);
    UNREFERENCED_PARAMETER(ProcessHandle);
    UNREFERENCED_PARAMETER(ClientId);
    RtlZeroMemory(thread, sizeof(*thread));
    thread->Header.Type = THREAD_OBJECT;
    thread->Routine = StartRoutine;
    thread->Context = StartContext;
    thread->Fiber = MachineCreateFiber(RunThread, thread);
    *ThreadHandle = (HANDLE)thread;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    UNREFERENCED_PARAMETER(ExitStatus);
    Running->Header.SignalState = 1;
    MachineSwitchTo(MachineMainFiber());
    abort();
}

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess, POBJECT_TYPE ObjectType,
                                         KPROCESSOR_MODE AccessMode, PVOID *Object, POBJECT_HANDLE_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(DesiredAccess);
    UNREFERENCED_PARAMETER(ObjectType);
    UNREFERENCED_PARAMETER(AccessMode);
    UNREFERENCED_PARAMETER(Information);
    *Object = Handle;
    return STATUS_SUCCESS;
}

LONG_PTR FASTCALL ObfDereferenceObject(PVOID Object)
{
    UNREFERENCED_PARAMETER(Object);
    return 0;
}

VOID NTAPI KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    RtlZeroMemory(Event, sizeof(*Event));
    Event->Header.Type = (UCHAR)Type;
    Event->Header.SignalState = State;
}

LONG NTAPI KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    LONG before = Event->Header.SignalState;

    UNREFERENCED_PARAMETER(Increment);
    UNREFERENCED_PARAMETER(Wait);
    Event->Header.SignalState = 1;
    return before;
}

NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
                                     PLARGE_INTEGER Timeout)
{
    PKEVENT event = Object;

    UNREFERENCED_PARAMETER(WaitReason);
    UNREFERENCED_PARAMETER(WaitMode);
    UNREFERENCED_PARAMETER(Alertable);
    if (event->Header.Type == THREAD_OBJECT) {
        while (!HasEnded(Object))
            RunWaiting(FALSE);
        return STATUS_SUCCESS;
    }
    if (TakeSignal(event))
        return STATUS_SUCCESS;
    if (Running == NULL)
        MachineStop(0, "the exercise waits for an event that nobody sets");
    Running->WaitsFor = event;
    Running->HasTimeout = Timeout != NULL;
    MachineSwitchTo(MachineMainFiber());
    return Running->WaitStatus;
}
