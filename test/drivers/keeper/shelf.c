/*
 * The shelf: books, and the notes in them.
 */
#include "keeper.h"
#include "memory.h"

#define BOOK_LIMIT 8
#define TITLE_LENGTH 12

static LIST_ENTRY Books;
static FAST_MUTEX BooksLock;
static PULONG Totals;
static PJOURNAL Journal;

NTSTATUS ShelfStart(VOID)
{
    NTSTATUS status;

    InitializeListHead(&Books);
    ExInitializeFastMutex(&BooksLock);
    Totals = (PULONG)MemoryGet(BOOK_LIMIT * sizeof(ULONG));
    if (Totals == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = JournalOpen(&Journal);
    if (!NT_SUCCESS(status)) {
        MemoryPut(Totals);
        Totals = NULL;
    }
    return status;
}

static PBOOK ShelfFind(ULONG Number)
{
    PLIST_ENTRY link;

    for (link = Books.Flink; link != &Books; link = link->Flink) {
        PBOOK book = CONTAINING_RECORD(link, BOOK, Link);

        if (book->Number == Number)
            return book;
    }
    return NULL;
}

static PBOOK ShelfAddBook(ULONG Number)
{
    static const WCHAR title[] = L"Book";
    PBOOK book;

    book = MemoryAllocateFor(sizeof(BOOK), KEEPER_TAG);
    if (book == NULL)
        return NULL;
    book->Title = MemoryGetText(TITLE_LENGTH);
    if (book->Title == NULL) {
        MemoryFreeFor(book, KEEPER_TAG);
        return NULL;
    }
    RtlCopyMemory(book->Title, title, sizeof(title));
    InitializeListHead(&book->Notes);
    book->Number = Number;
    InsertTailList(&Books, &book->Link);
    return book;
}

static VOID ShelfRemoveBook(PBOOK Book)
{
    while (!IsListEmpty(&Book->Notes))
        NoteRelease(CONTAINING_RECORD(RemoveHeadList(&Book->Notes), NOTE, Link));
    RemoveEntryList(&Book->Link);
    MemoryPut(Book->Title);
    ExFreePoolWithTag(Book, KEEPER_TAG);
}

NTSTATUS ShelfWrite(PKEEPER_REQUEST Request)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PNOTE note;
    PBOOK book;

    if (Request->Book >= BOOK_LIMIT || Request->Bytes > sizeof(Request->Text))
        return STATUS_INVALID_PARAMETER;
    note = NoteCreate(Request->Text, Request->Bytes);
    if (note == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;

    ExAcquireFastMutex(&BooksLock);
    book = ShelfFind(Request->Book);
    if (book == NULL)
        book = ShelfAddBook(Request->Book);
    if (book != NULL) {
        InsertTailList(&book->Notes, &note->Link);
        book->Count++;
        Totals[book->Number]++;
        JournalAdd(Journal, book->Number);
        status = STATUS_SUCCESS;
    }
    ExReleaseFastMutex(&BooksLock);

    if (!NT_SUCCESS(status))
        NoteRelease(note);
    return status;
}

NTSTATUS ShelfRead(ULONG Number, PVOID Output, ULONG OutputBytes, PULONG_PTR Written)
{
    NTSTATUS status = STATUS_NOT_FOUND;
    PCHAR text = NULL;
    ULONG bytes = 0;
    PBOOK book;

    ExAcquireFastMutex(&BooksLock);
    book = ShelfFind(Number);
    if (book != NULL && !IsListEmpty(&book->Notes)) {
        PNOTE first = CONTAINING_RECORD(book->Notes.Flink, NOTE, Link);

        bytes = min(first->Bytes, OutputBytes);
        status = NoteCopyText(first, &text);
    }
    ExReleaseFastMutex(&BooksLock);

    if (!NT_SUCCESS(status))
        return status;
    RtlCopyMemory(Output, text, bytes);
    *Written = bytes;
    MemoryPut(text);
    return STATUS_SUCCESS;
}

VOID ShelfForget(ULONG Number)
{
    PBOOK book;

    ExAcquireFastMutex(&BooksLock);
    book = ShelfFind(Number);
    if (book != NULL)
        ShelfRemoveBook(book);
    ExReleaseFastMutex(&BooksLock);
}

/* Counts in a copy, so that the lock is not held while a program's buffer is written. */
NTSTATUS ShelfCount(PULONG Output, ULONG OutputBytes, PULONG_PTR Written)
{
    PULONG copy = KEEPER_ALLOCATE(BOOK_LIMIT * sizeof(ULONG));
    ULONG bytes = min(OutputBytes, BOOK_LIMIT * (ULONG)sizeof(ULONG));

    if (copy == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExAcquireFastMutex(&BooksLock);
    RtlCopyMemory(copy, Totals, BOOK_LIMIT * sizeof(ULONG));
    ExReleaseFastMutex(&BooksLock);
    RtlCopyMemory(Output, copy, bytes);
    *Written = bytes;
    KEEPER_FREE(copy);
    return STATUS_SUCCESS;
}

VOID ShelfStop(VOID)
{
    while (!IsListEmpty(&Books))
        ShelfRemoveBook(CONTAINING_RECORD(Books.Flink, BOOK, Link));
    MemoryPut(Totals);
    JournalClose(Journal);
}
