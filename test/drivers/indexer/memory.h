//
// Memory of the indexer: operators and containers that take a tag.
//
#pragma once

extern "C" {
#include <ntddk.h>
}

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wmultichar"
#endif

#define INDEXER_TAG 'xdnI'

// Of what is counted rather than kept.
constexpr ULONG StatisticsTag = 'tSnI';

void *operator new(size_t bytes, POOL_TYPE pool, ULONG tag) noexcept;
void operator delete(void *address) noexcept;
void operator delete(void *address, size_t bytes) noexcept;
void operator delete(void *address, POOL_TYPE pool, ULONG tag) noexcept;

// Bytes that grow and go with their owner.
template <ULONG Tag> class Buffer {
public:
    Buffer() : m_data(nullptr), m_bytes(0) {}
    ~Buffer() { Release(); }

    bool Assign(const void *data, ULONG bytes)
    {
        Release();
        m_data = static_cast<PUCHAR>(ExAllocatePoolWithTag(PagedPool, bytes, Tag));
        if (m_data == nullptr)
            return false;
        RtlCopyMemory(m_data, data, bytes);
        m_bytes = bytes;
        return true;
    }

    const UCHAR *Data() const { return m_data; }
    ULONG Bytes() const { return m_bytes; }

private:
    void Release()
    {
        if (m_data != nullptr)
            ExFreePoolWithTag(m_data, Tag);
        m_data = nullptr;
    }

    PUCHAR m_data;
    ULONG m_bytes;
};

// A string that ends with a zero.
template <ULONG Tag> class Text {
public:
    Text() : m_text(nullptr) {}
    ~Text()
    {
        if (m_text != nullptr)
            ExFreePool(m_text);
    }

    bool Assign(PCSTR text)
    {
        ULONG length = 0;

        while (text[length] != 0)
            length++;
        PCHAR copy = static_cast<PCHAR>(ExAllocatePoolWithTag(PagedPool, length + 1, Tag));
        if (copy == nullptr)
            return false;
        RtlCopyMemory(copy, text, length + 1);
        if (m_text != nullptr)
            ExFreePool(m_text);
        m_text = copy;
        return true;
    }

    PCSTR Characters() const { return m_text; }

private:
    PCHAR m_text;
};
