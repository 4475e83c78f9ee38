//
// The index: records in a list.
//
#include "indexer.h"

static const ULONG BucketCount = 16;

static bool IsSame(PCSTR a, PCSTR b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

static ULONG Length(PCSTR text)
{
    ULONG length = 0;

    while (text[length] != 0)
        length++;
    return length;
}

bool Record::Set(PCSTR name, PCSTR text)
{
    return Name.Assign(name, Length(name) + 1) && Body.Assign(text);
}

Record *Cursor::Next()
{
    if (m_at == m_head)
        return nullptr;
    Record *record = CONTAINING_RECORD(m_at, Record, Link);
    m_at = m_at->Flink;
    return record;
}

Index *Index::Create()
{
    Index *index = new (NonPagedPoolNx, INDEXER_TAG) Index;

    if (index == nullptr)
        return nullptr;
    InitializeListHead(&index->m_records);
    index->m_statistics = new (NonPagedPoolNx, StatisticsTag) Statistics();
    index->m_buckets =
        static_cast<ULONG *>(ExAllocatePoolWithTag(NonPagedPoolNx, BucketCount * sizeof(ULONG), StatisticsTag));
    if (index->m_statistics == nullptr || index->m_buckets == nullptr) {
        delete index;
        return nullptr;
    }
    RtlZeroMemory(index->m_buckets, BucketCount * sizeof(ULONG));
    return index;
}

Index::~Index()
{
    while (!IsListEmpty(&m_records))
        delete CONTAINING_RECORD(RemoveHeadList(&m_records), Record, Link);
    delete m_statistics;
    if (m_buckets != nullptr)
        ExFreePoolWithTag(m_buckets, StatisticsTag);
}

Record *Index::Find(PCSTR name)
{
    Cursor *cursor = new Cursor(&m_records);
    Record *found = nullptr;

    if (cursor == nullptr)
        return nullptr;
    while (Record *record = cursor->Next()) {
        if (IsSame(reinterpret_cast<PCSTR>(record->Name.Data()), name))
            found = record;
    }
    delete cursor;
    return found;
}

NTSTATUS Index::Put(const INDEXER_REQUEST *request)
{
    m_statistics->Puts++;
    m_buckets[Length(request->Name) % BucketCount]++;
    Record *record = Find(request->Name);
    if (record != nullptr)
        return record->Body.Assign(request->Text) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;

    record = new (PagedPool, INDEXER_TAG) Record;
    if (record == nullptr)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!record->Set(request->Name, request->Text)) {
        delete record;
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    InsertTailList(&m_records, &record->Link);
    return STATUS_SUCCESS;
}

NTSTATUS Index::Get(INDEXER_REQUEST *request)
{
    Record *record = Find(request->Name);

    m_statistics->Gets++;
    if (record == nullptr)
        return STATUS_NOT_FOUND;
    RtlCopyMemory(request->Text, record->Body.Characters(), Length(record->Body.Characters()) + 1);
    return STATUS_SUCCESS;
}

NTSTATUS Index::Drop(PCSTR name)
{
    Record *record = Find(name);

    if (record == nullptr)
        return STATUS_NOT_FOUND;
    RemoveEntryList(&record->Link);
    delete record;
    return STATUS_SUCCESS;
}

// The names, each with its zero, as far as they fit.
NTSTATUS Index::List(PCHAR output, ULONG bytes)
{
    PCHAR names = static_cast<PCHAR>(ExAllocatePoolWithTag(PagedPool, bytes, INDEXER_TAG));
    ULONG used = 0;

    if (names == nullptr)
        return STATUS_INSUFFICIENT_RESOURCES;
    Cursor *cursor = new Cursor(&m_records);
    if (cursor == nullptr) {
        ExFreePoolWithTag(names, INDEXER_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    while (Record *record = cursor->Next()) {
        if (used + record->Name.Bytes() > bytes)
            break;
        RtlCopyMemory(names + used, record->Name.Data(), record->Name.Bytes());
        used += record->Name.Bytes();
    }
    delete cursor;
    RtlCopyMemory(output, names, used);
    ExFreePoolWithTag(names, INDEXER_TAG);
    return STATUS_SUCCESS;
}
