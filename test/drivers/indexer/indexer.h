//
// Indexer: an index of names with a text for each, which programs fill and search. C++ without exceptions.
//
#pragma once

#include "memory.h"

#define INDEXER_DEVICE_TYPE FILE_DEVICE_UNKNOWN

// Input and output: INDEXER_REQUEST.
#define IOCTL_INDEXER_PUT CTL_CODE(INDEXER_DEVICE_TYPE, 0x801, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_INDEXER_GET CTL_CODE(INDEXER_DEVICE_TYPE, 0x802, METHOD_BUFFERED, FILE_READ_ACCESS)
#define IOCTL_INDEXER_DROP CTL_CODE(INDEXER_DEVICE_TYPE, 0x803, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_INDEXER_LIST CTL_CODE(INDEXER_DEVICE_TYPE, 0x804, METHOD_BUFFERED, FILE_READ_ACCESS)

struct INDEXER_REQUEST {
    CHAR Name[16];
    CHAR Text[48];
};

struct Statistics {
    ULONG Puts;
    ULONG Gets;
};

class Record {
public:
    Record() = default;
    ~Record() = default;
    bool Set(PCSTR name, PCSTR text);

    LIST_ENTRY Link;
    Buffer<INDEXER_TAG> Name;
    Text<INDEXER_TAG> Body;
};

// Walks over the records while programs wait; many are made, each for a moment.
class Cursor {
public:
    explicit Cursor(LIST_ENTRY *head) : m_head(head), m_at(head->Flink) {}
    static void *operator new(size_t bytes) noexcept { return ExAllocatePoolWithTag(NonPagedPoolNx, bytes, INDEXER_TAG); }
    static void operator delete(void *address) { ExFreePoolWithTag(address, INDEXER_TAG); }
    Record *Next();

private:
    LIST_ENTRY *m_head;
    LIST_ENTRY *m_at;
};

class Index {
public:
    static Index *Create();
    ~Index();
    NTSTATUS Put(const INDEXER_REQUEST *request);
    NTSTATUS Get(INDEXER_REQUEST *request);
    NTSTATUS Drop(PCSTR name);
    NTSTATUS List(PCHAR output, ULONG bytes);

private:
    Record *Find(PCSTR name);

    LIST_ENTRY m_records;
    Statistics *m_statistics;
    ULONG *m_buckets;
};
