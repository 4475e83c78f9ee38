/*
 * A machine in user mode for driver code: stand-ins for the routines of the kernel, over one table of pool blocks. What the
 * kernel answers with a bug check stops the program here, and a few things that a kernel would let pass as well.
 * They are one library, as the kernel is to a driver: driver and exercise are compiled for Windows as always, are linked
 * with it to a program, and run under Wine.
 */
#pragma once

#include <ntddk.h>

/* What a block came from; it goes back the same way. */
typedef enum _MACHINE_KIND {
    MachinePool,
    MachineLookaside,
    MachineAligned,
    MachineMapping,
    MachineContext,
    MachineNetBuffer,
    MachineNdis
} MACHINE_KIND;

/* Where blocks of one tag come from. */
typedef struct _MACHINE_PLACE MACHINE_PLACE;

/* The call that is running, by its call stack. */
MACHINE_PLACE *MachineHere(VOID);

/* A place that no call stack names, such as a row of a table. `Label`: a word that lives as long as the program. */
MACHINE_PLACE *MachinePlace(const char *Label);

/* NULL where the exercise wants this allocation to fail. */
PVOID MachineAllocate(MACHINE_KIND Kind, SIZE_T Bytes, ULONG Tag, MACHINE_PLACE *Place);

/* What a tagged free of `MachineFree` says of the tag: any will do. */
#define MACHINE_ANY_TAG 0

VOID MachineFree(MACHINE_KIND Kind, PVOID Address, ULONG Tag, const char *Routine);

/* Ends the program as a bug check would end Windows. Exit code 194 (0xC2). */
DECLSPEC_NORETURN VOID MachineStop(ULONG Reason, const char *Format, ...);

/* Runs an exercise, which drives every allocation and every free of the driver and unloads it; main's result. */
int MachineMain(int Count, char **Words, VOID (*Exercise)(VOID));

/* The exercise's own expectations: a driver that does not do its work proves nothing. */
#define EXPECT(condition) ((condition) ? (VOID)0 : MachineFailed(__FILE__, __LINE__, #condition))
VOID MachineFailed(const char *File, ULONG Line, const char *Condition);

/* threads.c: lets every waiting thread run until it waits again; waits with a timeout time out. */
VOID MachinePassTime(VOID);

/* io.c */
NTSTATUS MachineLoad(PDRIVER_INITIALIZE Entry);
VOID MachineUnload(VOID);
PDRIVER_OBJECT MachineDriver(VOID);
PDEVICE_OBJECT MachineAddDevice(VOID);
PDEVICE_OBJECT MachineDevice(const WCHAR *Name);
PIRP MachineIrp(UCHAR Major, UCHAR Minor);
NTSTATUS MachineSend(PDEVICE_OBJECT Device, PIRP Irp);
NTSTATUS MachineControl(PDEVICE_OBJECT Device, ULONG Code, PVOID Buffer, ULONG InputBytes, ULONG OutputBytes);

/* host.c: what needs Windows itself. */
ULONG MachineStack(ULONG_PTR *Frames, ULONG Count);
PVOID MachineCreateFiber(VOID (*Entry)(PVOID), PVOID Context);
VOID MachineSwitchTo(PVOID Fiber);
PVOID MachineMainFiber(VOID);
