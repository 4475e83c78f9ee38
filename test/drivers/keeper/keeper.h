/*
 * Keeper: keeps named notes of programs, in books, until they are read or the driver goes. A WDM driver without hardware.
 */
#pragma once

#include <ntddk.h>

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wmultichar"
#endif

#define KEEPER_DEVICE_TYPE 0x8A32

/* Input: KEEPER_REQUEST. Output, for reading: the text. */
#define IOCTL_KEEPER_WRITE CTL_CODE(KEEPER_DEVICE_TYPE, 0x801, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_KEEPER_READ CTL_CODE(KEEPER_DEVICE_TYPE, 0x802, METHOD_BUFFERED, FILE_READ_ACCESS)
#define IOCTL_KEEPER_FORGET CTL_CODE(KEEPER_DEVICE_TYPE, 0x803, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_KEEPER_COUNT CTL_CODE(KEEPER_DEVICE_TYPE, 0x804, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef struct _KEEPER_REQUEST {
    ULONG Book;
    ULONG Bytes;
    CHAR Text[56];
} KEEPER_REQUEST, *PKEEPER_REQUEST;

/* A note on its way into a book and in it. */
typedef struct _NOTE {
    LIST_ENTRY Link;
    PCHAR Text;
    ULONG Bytes;
} NOTE, *PNOTE;

typedef struct _BOOK {
    LIST_ENTRY Link;
    LIST_ENTRY Notes;
    ULONG Number;
    ULONG Count;
    PWSTR Title;
} BOOK, *PBOOK;

/* What was done, for the driver's author. */
typedef struct _JOURNAL {
    PULONG Entries;
    PUCHAR Marks;
    ULONG Used;
} JOURNAL, *PJOURNAL;

/* keeper.c */
DRIVER_INITIALIZE DriverEntry;

/* shelf.c: all books. */
NTSTATUS ShelfStart(VOID);
VOID ShelfStop(VOID);
NTSTATUS ShelfWrite(PKEEPER_REQUEST Request);
NTSTATUS ShelfRead(ULONG Book, PVOID Output, ULONG OutputBytes, PULONG_PTR Written);
VOID ShelfForget(ULONG Book);
NTSTATUS ShelfCount(PULONG Output, ULONG OutputBytes, PULONG_PTR Written);

/* note.c */
PNOTE NoteCreate(PCSTR Text, ULONG Bytes);
VOID NoteRelease(PNOTE Note);
NTSTATUS NoteCopyText(PNOTE Note, PCHAR *Copy);

/* journal.c */
NTSTATUS JournalOpen(PJOURNAL *Journal);
VOID JournalAdd(PJOURNAL Journal, ULONG Entry);
VOID JournalClose(PJOURNAL Journal);
