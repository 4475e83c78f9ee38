/*
 * A simulated NtQuerySystemInformation: the documented contract of the classes that the sampler asks for, over a table of
 * pool tags that a scenario describes. Written from public layouts (winsiderss/phnt, ntexapi.h) and observed behaviour.
 *
 * A scenario is a text of directives `name=value`, separated by spaces. It comes from NtSimConfigure, or from the
 * environment variable NTSIM_SCENARIO at the first query. Numbers are decimal or 0x hexadecimal.
 *
 *   tags=N                tags in the table at first (default 4000)
 *   grow=N                tags the table gains before each table query, successful or not
 *   wide=1                class 255 is known
 *   base=N                where the counters of row 0 start (default 1000): just below 2^32 shows a wrap
 *   perf=BYTES            size of class 2's structure: 312, 328, 344 or 376, by Windows version (default 344)
 *   lie=N                 Count claims N rows that are not there
 *   fail=C:STATUS[:T[:A]] class C answers STATUS, T times (0, the default: for ever), after A successful answers
 *   crash=N               the Nth table query (from 1) faults, as a broken driver of native code would
 *   system=1              under the hook: classes 0 and 2 are simulated too
 *
 * What row I holds after N successful table queries is a formula; see fill_row.
 */
#ifndef NTSIM_H
#define NTSIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#define NTSIM_EXPORT __declspec(dllexport)
#define NTSIM_CALL __stdcall
#else
#define NTSIM_EXPORT __attribute__((visibility("default")))
#define NTSIM_CALL
#endif

typedef uint32_t NtStatus;

#define NT_SUCCESS 0u
#define NT_DATATYPE_MISALIGNMENT 0x80000002u
#define NT_INVALID_INFO_CLASS 0xC0000003u
#define NT_INFO_LENGTH_MISMATCH 0xC0000004u
#define NT_ACCESS_VIOLATION 0xC0000005u

enum {
  CLASS_BASIC = 0,
  CLASS_PERFORMANCE = 2,
  CLASS_POOL_TAG = 22,
  CLASS_POOL_TAG2 = 255,
};

NTSIM_EXPORT NtStatus NTSIM_CALL NtQuerySystemInformation(uint32_t infoClass, void *buffer, uint32_t length,
                                                          uint32_t *returnLength);

/* Starts the scenario anew. Answers 0, or the offset from 1 of the directive that is wrong (nothing is changed then). */
NTSIM_EXPORT uint32_t NTSIM_CALL NtSimConfigure(const char *scenario);

/* 1 where the scenario takes the class from the system under the hook. */
int ntsim_answers(uint32_t infoClass);

#endif
