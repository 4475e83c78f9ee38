/*
 * What needs Windows itself: the program's start, the call stack, and fibers.
 */
#include <process.h>
#include <stdio.h>
#include <windows.h>
#include "pool.h"

static void *MainFiber;

/* Return addresses of the callers in the driver and its exercise, innermost first, as offsets into the program. */
ULONG MachineStack(ULONG_PTR *Frames, ULONG Count)
{
    ULONG_PTR base = (ULONG_PTR)GetModuleHandleA(NULL);
    ULONG_PTR imageBytes = ((IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew))->OptionalHeader.SizeOfImage;
    void *stack[32];
    ULONG depth = CaptureStackBackTrace(0, 32, stack, NULL);
    ULONG kept = 0;

    for (ULONG i = 0; i < depth && kept < Count; i++) {
        ULONG_PTR offset = (ULONG_PTR)stack[i] - base;

        if (offset < imageBytes)
            Frames[kept++] = offset;
    }
    return kept;
}

typedef struct {
    void (*Entry)(void *);
    void *Context;
} START;

static void WINAPI StartFiber(void *Parameter)
{
    START start = *(START *)Parameter;

    HeapFree(GetProcessHeap(), 0, Parameter);
    start.Entry(start.Context);
}

void *MachineCreateFiber(void (*Entry)(void *), void *Context)
{
    START *start = HeapAlloc(GetProcessHeap(), 0, sizeof(*start));

    start->Entry = Entry;
    start->Context = Context;
    return CreateFiber(0, StartFiber, start);
}

void MachineSwitchTo(void *Fiber)
{
    SwitchToFiber(Fiber);
}

void *MachineMainFiber(void)
{
    return MainFiber;
}

#define KERNEL_SHARED_PAGE 0xFFFFF78000000000
#define USER_SHARED_PAGE 0x7FFE0000

/*
 * Inline routines such as KeQuerySystemTime read the page that kernel and programs share, at the kernel's address: the
 * register that holds it is pointed at the program's. Any other fault ends the run.
 */
static LONG CALLBACK OnFault(EXCEPTION_POINTERS *Pointers)
{
    DWORD64 *registers = &Pointers->ContextRecord->Rax;
    BOOL moved = FALSE;

    if (Pointers->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    /* Rax to R15 lie behind each other. */
    for (int i = 0; i < 16; i++) {
        if (registers[i] >= KERNEL_SHARED_PAGE && registers[i] < KERNEL_SHARED_PAGE + 0x1000) {
            registers[i] += USER_SHARED_PAGE - KERNEL_SHARED_PAGE;
            moved = TRUE;
        }
    }
    if (moved)
        return EXCEPTION_CONTINUE_EXECUTION;
    printf("stop 0x50 access to %llx\nat %llx\n",
           (unsigned long long)Pointers->ExceptionRecord->ExceptionInformation[1],
           (unsigned long long)(Pointers->ContextRecord->Rip - (ULONG_PTR)GetModuleHandleA(NULL) + 1));
    fflush(stdout);
    _exit(0x50);
}

int MachineMain(int argc, char **argv, void (*Exercise)(void))
{
    AddVectoredExceptionHandler(1, OnFault);
    MainFiber = ConvertThreadToFiber(NULL);
    MachineInject(argc - 1, argv + 1);
    Exercise();
    MachineReport();
    return 0;
}
