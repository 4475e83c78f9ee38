/*
 * The structures of NtQuerySystemInformation, and their offsets, proved by the compiler: for x64 and x86 alike.
 * Source: winsiderss/phnt, ntexapi.h.
 */
#ifndef NTSIM_LAYOUTS_H
#define NTSIM_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

/* SYSTEM_POOLTAG */
typedef struct {
  uint32_t tag;
  uint32_t paged_allocs;
  uint32_t paged_frees;
  uintptr_t paged_used;
  uint32_t nonpaged_allocs;
  uint32_t nonpaged_frees;
  uintptr_t nonpaged_used;
} PoolTag;

/* SYSTEM_POOLTAG_INFORMATION */
typedef struct {
  uint32_t count;
  PoolTag rows[1];
} PoolTagTable;

/* SYSTEM_POOLTAG2 */
typedef struct {
  uint32_t tag;
  uintptr_t paged_allocs;
  uintptr_t paged_frees;
  uintptr_t paged_used;
  uintptr_t nonpaged_allocs;
  uintptr_t nonpaged_frees;
  uintptr_t nonpaged_used;
} PoolTag2;

/* SYSTEM_POOLTAG_INFORMATION2 */
typedef struct {
  uint32_t count;
  PoolTag2 rows[1];
} PoolTagTable2;

/* SYSTEM_BASIC_INFORMATION */
typedef struct {
  uint32_t reserved;
  uint32_t timer_resolution;
  uint32_t page_size;
  uint32_t physical_pages;
  uint32_t lowest_page;
  uint32_t highest_page;
  uint32_t allocation_granularity;
  uintptr_t minimum_user_address;
  uintptr_t maximum_user_address;
  uintptr_t active_processors;
  uint8_t processors;
} BasicInformation;

#if UINTPTR_MAX > 0xffffffffu
#define BY_WIDTH(bits64, bits32) (bits64)
#else
#define BY_WIDTH(bits64, bits32) (bits32)
#endif
#define AT(type, field, bits64, bits32) \
  _Static_assert(offsetof(type, field) == BY_WIDTH(bits64, bits32), #type "." #field)
#define SIZE(type, bits64, bits32) _Static_assert(sizeof(type) == BY_WIDTH(bits64, bits32), #type)

SIZE(PoolTag, 40, 28);
AT(PoolTag, paged_allocs, 4, 4);
AT(PoolTag, paged_frees, 8, 8);
AT(PoolTag, paged_used, 16, 12);
AT(PoolTag, nonpaged_allocs, 24, 16);
AT(PoolTag, nonpaged_frees, 28, 20);
AT(PoolTag, nonpaged_used, 32, 24);
SIZE(PoolTagTable, 48, 32);
AT(PoolTagTable, rows, 8, 4);

SIZE(PoolTag2, 56, 28);
AT(PoolTag2, paged_allocs, 8, 4);
AT(PoolTag2, paged_frees, 16, 8);
AT(PoolTag2, paged_used, 24, 12);
AT(PoolTag2, nonpaged_allocs, 32, 16);
AT(PoolTag2, nonpaged_frees, 40, 20);
AT(PoolTag2, nonpaged_used, 48, 24);
SIZE(PoolTagTable2, 64, 32);
AT(PoolTagTable2, rows, 8, 4);

SIZE(BasicInformation, 64, 44);
AT(BasicInformation, page_size, 8, 8);
AT(BasicInformation, physical_pages, 12, 12);

#endif
