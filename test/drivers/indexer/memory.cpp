//
// Memory of the indexer.
//
#include "memory.h"

void *operator new(size_t bytes, POOL_TYPE pool, ULONG tag) noexcept
{
    return ExAllocatePoolWithTag(pool, bytes, tag);
}

void operator delete(void *address) noexcept
{
    if (address != nullptr)
        ExFreePool(address);
}

void operator delete(void *address, size_t) noexcept
{
    if (address != nullptr)
        ExFreePool(address);
}

void operator delete(void *address, POOL_TYPE, ULONG tag) noexcept
{
    ExFreePoolWithTag(address, tag);
}
