/* The simulated kernel: see ntsim.h for what it promises. */
#include "ntsim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layouts.h"

#define MAX_FAILURES 8
#define MAX_TAGS 200000u

/* An injected status of one class. */
typedef struct {
  uint32_t info_class;
  NtStatus status;
  uint32_t times; /* 0: for ever */
  uint32_t after; /* successful answers of the class before the first failure */
} Failure;

typedef struct {
  uint32_t tags;
  uint32_t grow;
  uint32_t wide;
  uint64_t base;
  uint32_t performance_size;
  uint32_t lie;
  uint32_t crash_at;
  uint32_t system;
  uint32_t failures;
  Failure failure[MAX_FAILURES];
} Scenario;

static const Scenario DEFAULTS = {.tags = 4000, .base = 1000, .performance_size = 344};

static struct {
  int configured;
  Scenario scenario;
  uint32_t tags;            /* rows in the table now */
  uint32_t table_queries;   /* of either table class */
  uint64_t tables_read;     /* successful ones: the clock of the table */
  uint32_t answered[256];   /* successes of each class */
} kernel;

/* ---- scenario ---------------------------------------------------------------------------------------------------- */

static int parse_number(const char **at, uint64_t *value) {
  char *end;
  if (**at < '0' || **at > '9') return 0;
  *value = strtoull(*at, &end, 0);
  *at = end;
  return 1;
}

/* `C:STATUS[:T[:A]]` */
static int parse_failure(const char **at, Scenario *scenario) {
  uint64_t part[4] = {0};
  int parts = 0;
  if (scenario->failures == MAX_FAILURES) return 0;
  for (;;) {
    if (!parse_number(at, &part[parts++])) return 0;
    if (**at != ':' || parts == 4) break;
    ++*at;
  }
  if (parts < 2 || part[0] > 255) return 0;
  scenario->failure[scenario->failures++] =
      (Failure){(uint32_t)part[0], (NtStatus)part[1], (uint32_t)part[2], (uint32_t)part[3]};
  return 1;
}

static int parse_directive(const char **at, Scenario *scenario) {
  static const struct {
    const char *name;
    size_t offset;
  } NUMBERS[] = {
      {"tags=", offsetof(Scenario, tags)},
      {"grow=", offsetof(Scenario, grow)},
      {"wide=", offsetof(Scenario, wide)},
      {"perf=", offsetof(Scenario, performance_size)},
      {"lie=", offsetof(Scenario, lie)},
      {"crash=", offsetof(Scenario, crash_at)},
      {"system=", offsetof(Scenario, system)},
  };
  uint64_t value;
  if (strncmp(*at, "fail=", 5) == 0) {
    *at += 5;
    return parse_failure(at, scenario);
  }
  if (strncmp(*at, "base=", 5) == 0) {
    *at += 5;
    return parse_number(at, &scenario->base);
  }
  for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
    size_t length = strlen(NUMBERS[i].name);
    if (strncmp(*at, NUMBERS[i].name, length) != 0) continue;
    *at += length;
    if (!parse_number(at, &value) || value > UINT32_MAX) return 0;
    *(uint32_t *)((char *)scenario + NUMBERS[i].offset) = (uint32_t)value;
    return 1;
  }
  return 0;
}

uint32_t NTSIM_CALL NtSimConfigure(const char *text) {
  Scenario scenario = DEFAULTS;
  for (const char *at = text;;) {
    while (*at == ' ') at++;
    if (!*at) break;
    const char *directive = at;
    if (!parse_directive(&at, &scenario) || (*at && *at != ' ')) return (uint32_t)(directive - text) + 1;
  }
  memset(&kernel, 0, sizeof kernel);
  kernel.scenario = scenario;
  kernel.tags = scenario.tags < MAX_TAGS ? scenario.tags : MAX_TAGS;
  kernel.configured = 1;
  return 0;
}

static void configure_from_environment(void) {
  const char *text = getenv("NTSIM_SCENARIO");
  uint32_t wrong = NtSimConfigure(text ? text : "");
  if (!wrong) return;
  fprintf(stderr, "ntsim: NTSIM_SCENARIO is wrong at \"%s\"\n", text + wrong - 1);
  exit(64);
}

static NtStatus injected_status(uint32_t info_class) {
  for (uint32_t i = 0; i < kernel.scenario.failures; i++) {
    Failure *failure = &kernel.scenario.failure[i];
    if (failure->info_class != info_class || kernel.answered[info_class] < failure->after) continue;
    if (failure->times == 1) {
      NtStatus last = failure->status;
      *failure = kernel.scenario.failure[--kernel.scenario.failures];
      return last;
    }
    if (failure->times > 1) failure->times--;
    return failure->status;
  }
  return NT_SUCCESS;
}

int ntsim_answers(uint32_t info_class) {
  if (!kernel.configured) configure_from_environment();
  if (info_class == CLASS_POOL_TAG || info_class == CLASS_POOL_TAG2) return 1;
  return kernel.scenario.system && (info_class == CLASS_BASIC || info_class == CLASS_PERFORMANCE);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

/* A row at full width; the classes cut it to theirs. */
typedef struct {
  uint32_t tag;
  uint64_t paged_allocs, paged_frees, paged_used, nonpaged_allocs, nonpaged_frees, nonpaged_used;
} Row;

static uint32_t tag_of(uint32_t index) {
  static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _";
  char text[4] = {LETTERS[index / 4096 % 64], LETTERS[index / 64 % 64], LETTERS[index % 64], '~'};
  uint32_t tag;
  if (index == 1) return 0xFF80017Fu; /* any byte may occur in a tag */
  if (index == 2) memcpy(text, "Ovfl", 4);
  memcpy(&tag, text, 4);
  return tag;
}

/*
 * Row `i` at time `t`, in table reads. Row 0 has counters that start at the scenario's base and gain 3 a read; of the others,
 * every fourth stands still, and the rest gain 1 to 3 outstanding paged objects a read. Row 3 holds more than 4 GiB.
 */
static Row fill_row(uint32_t i, uint64_t t) {
  uint64_t growth = t * (i % 4);
  Row row = {
      .tag = tag_of(i),
      .paged_allocs = 10ull * i + 500 + 2 * growth,
      .paged_frees = 10ull * i + growth,
      .paged_used = (500 + growth) * 16 * (1 + i % 64),
      .nonpaged_allocs = 20ull * i + 700 + growth,
      .nonpaged_frees = 20ull * i + growth,
      .nonpaged_used = 700ull * 32 * (1 + i % 32) + (i == 3 ? 1ull << 33 : 0),
  };
  if (i == 0) {
    row.paged_allocs = row.nonpaged_allocs = kernel.scenario.base + 3 * t;
    row.paged_frees = row.nonpaged_frees = kernel.scenario.base - 10 + 3 * t;
  }
  return row;
}

/* The kernel leaves padding as it was; whatever was there must not matter, so the worst is put there. */
static void soil_padding(void *row, size_t offset, size_t end) { memset((char *)row + offset, 0xA5, end - offset); }

static void write_row(PoolTag *out, const Row *row) {
  soil_padding(out, offsetof(PoolTag, paged_frees) + 4, offsetof(PoolTag, paged_used));
  out->tag = row->tag;
  out->paged_allocs = (uint32_t)row->paged_allocs;
  out->paged_frees = (uint32_t)row->paged_frees;
  out->paged_used = (uintptr_t)row->paged_used;
  out->nonpaged_allocs = (uint32_t)row->nonpaged_allocs;
  out->nonpaged_frees = (uint32_t)row->nonpaged_frees;
  out->nonpaged_used = (uintptr_t)row->nonpaged_used;
}

static void write_row2(PoolTag2 *out, const Row *row) {
  soil_padding(out, offsetof(PoolTag2, tag) + 4, offsetof(PoolTag2, paged_allocs));
  out->tag = row->tag;
  out->paged_allocs = (uintptr_t)row->paged_allocs;
  out->paged_frees = (uintptr_t)row->paged_frees;
  out->paged_used = (uintptr_t)row->paged_used;
  out->nonpaged_allocs = (uintptr_t)row->nonpaged_allocs;
  out->nonpaged_frees = (uintptr_t)row->nonpaged_frees;
  out->nonpaged_used = (uintptr_t)row->nonpaged_used;
}

/* Below the formal size only that size is returned. Above it, Count is the whole total even where the rows do not fit. */
static NtStatus answer_table(int wide, void *buffer, uint32_t length, uint32_t *returned) {
  const size_t formal = wide ? sizeof(PoolTagTable2) : sizeof(PoolTagTable);
  const size_t head = wide ? offsetof(PoolTagTable2, rows) : offsetof(PoolTagTable, rows);
  const size_t row_size = wide ? sizeof(PoolTag2) : sizeof(PoolTag);
  if (length < formal) {
    *returned = (uint32_t)formal;
    return NT_INFO_LENGTH_MISMATCH;
  }
  const size_t needed = head + kernel.tags * row_size;
  *(uint32_t *)buffer = kernel.tags + kernel.scenario.lie;
  *returned = (uint32_t)needed;
  if (needed > length) return NT_INFO_LENGTH_MISMATCH;
  for (uint32_t i = 0; i < kernel.tags; i++) {
    Row row = fill_row(i, kernel.tables_read);
    if (wide) write_row2(&((PoolTagTable2 *)buffer)->rows[i], &row);
    else write_row(&((PoolTagTable *)buffer)->rows[i], &row);
  }
  kernel.tables_read++;
  return NT_SUCCESS;
}

/* ---- the other classes ------------------------------------------------------------------------------------------- */

static NtStatus answer_basic(void *buffer, uint32_t length, uint32_t *returned) {
  static const BasicInformation basic = {
      .timer_resolution = 156250,
      .page_size = 4096,
      .physical_pages = 8357768,
      .lowest_page = 1,
      .highest_page = 8650751,
      .allocation_granularity = 65536,
      .minimum_user_address = 0x10000,
      .maximum_user_address = (uintptr_t)0x7FFFFFFEFFFFull,
      .active_processors = 0xFF,
      .processors = 8,
  };
  *returned = sizeof basic;
  if (length != sizeof basic) return NT_INFO_LENGTH_MISMATCH;
  memcpy(buffer, &basic, sizeof basic);
  return NT_SUCCESS;
}

/* The first 312 bytes are in every version; later ones only grew longer. */
static NtStatus answer_performance(void *buffer, uint32_t length, uint32_t *returned) {
  uint32_t words[376 / 4] = {
      [44 / 4] = 3018134,                                               /* AvailablePages */
      [48 / 4] = 1025109,                                               /* CommittedPages */
      [52 / 4] = 4379284,                                               /* CommitLimit */
      [56 / 4] = 2921391,                                               /* PeakCommitment */
      [60 / 4] = 468600648u + 137u * kernel.answered[CLASS_PERFORMANCE], /* PageFaultCount */
      [112 / 4] = 245891,                                               /* PagedPoolPages */
      [116 / 4] = 177730,                                               /* NonPagedPoolPages */
      [140 / 4] = 1000,                                                 /* ResidentSystemCodePage */
      [168 / 4] = 237722,                                               /* ResidentPagedPoolPage */
      [172 / 4] = 13177,                                                /* ResidentSystemDriverPage */
  };
  const uint32_t size = kernel.scenario.performance_size < sizeof words ? kernel.scenario.performance_size : sizeof words;
  *returned = size;
  if (length < 312) return NT_INFO_LENGTH_MISMATCH;
  *returned = length < size ? length : size;
  memcpy(buffer, words, *returned);
  return NT_SUCCESS;
}

static NtStatus answer(uint32_t info_class, void *buffer, uint32_t length, uint32_t *returned) {
  const int is_table = info_class == CLASS_POOL_TAG || (info_class == CLASS_POOL_TAG2 && kernel.scenario.wide);
  if (is_table) {
    if (++kernel.table_queries == kernel.scenario.crash_at) *(volatile int *)0 = 0;
    kernel.tags += kernel.scenario.grow;
    if (kernel.tags > MAX_TAGS) kernel.tags = MAX_TAGS;
  }
  const NtStatus injected = injected_status(info_class);
  if (injected != NT_SUCCESS) return injected;
  if (length && !buffer) return NT_ACCESS_VIOLATION;
  if ((uintptr_t)buffer & 3) return NT_DATATYPE_MISALIGNMENT;
  if (is_table) return answer_table(info_class == CLASS_POOL_TAG2, buffer, length, returned);
  if (info_class == CLASS_BASIC) return answer_basic(buffer, length, returned);
  if (info_class == CLASS_PERFORMANCE) return answer_performance(buffer, length, returned);
  return NT_INVALID_INFO_CLASS;
}

NtStatus NTSIM_CALL NtQuerySystemInformation(uint32_t info_class, void *buffer, uint32_t length, uint32_t *return_length) {
  uint32_t returned = 0;
  if (!kernel.configured) configure_from_environment();
  const NtStatus status = answer(info_class, buffer, length, &returned);
  if (status == NT_SUCCESS && info_class < 256) kernel.answered[info_class]++;
  if (return_length) *return_length = returned;
  return status;
}
