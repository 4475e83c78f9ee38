/*
 * The simulated kernel behind the real ntdll.dll of one process: NtQuerySystemInformation of ntdll itself is patched, so that
 * code which loads ntdll.dll the ordinary way reads the simulated tags. Every class that is not simulated goes to the
 * original. x64 only, for Wine and Windows, whose system call stubs begin alike.
 *
 * The library is also a Node add-on, so that `node -r ntsim.node` loads it before anything else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "ntsim.h"

typedef NtStatus(NTSIM_CALL *Query)(uint32_t, void *, uint32_t, uint32_t *);

/* A whole stub: mov r10, rcx; mov eax, number; test; jne; syscall; ret; nothing in it is relative to where it stands. */
#define STUB_BYTES 32
/* mov rax, imm64; jmp rax */
#define JUMP_BYTES 12

static Query original;

static NtStatus NTSIM_CALL hooked(uint32_t info_class, void *buffer, uint32_t length, uint32_t *returned) {
  Query query = ntsim_answers(info_class) ? NtQuerySystemInformation : original;
  return query(info_class, buffer, length, returned);
}

/* NULL where it worked, else what is wrong. */
static const char *install(void) {
  static const uint8_t STUB_START[] = {0x4c, 0x8b, 0xd1, 0xb8};
  uint8_t jump[JUMP_BYTES] = {0x48, 0xb8, [10] = 0xff, [11] = 0xe0};
  uint8_t *target = (uint8_t *)(uintptr_t)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQuerySystemInformation");
  if (!target) return "ntdll.dll has no NtQuerySystemInformation";
  if (memcmp(target, STUB_START, sizeof STUB_START) != 0) return "NtQuerySystemInformation is no plain system call stub";

  uint8_t *copy = VirtualAlloc(NULL, STUB_BYTES, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
  if (!copy) return "no executable memory";
  memcpy(copy, target, STUB_BYTES);
  original = (Query)(uintptr_t)copy;

  const uint64_t address = (uint64_t)(uintptr_t)hooked;
  memcpy(jump + 2, &address, sizeof address);
  DWORD protection;
  if (!VirtualProtect(target, JUMP_BYTES, PAGE_EXECUTE_READWRITE, &protection)) return "ntdll cannot be written";
  memcpy(target, jump, JUMP_BYTES);
  VirtualProtect(target, JUMP_BYTES, protection, &protection);
  FlushInstructionCache(GetCurrentProcess(), target, JUMP_BYTES);
  return NULL;
}

/* Node calls this when it loads the library as an add-on; it takes nothing from Node and gives nothing. */
__declspec(dllexport) void *napi_register_module_v1(void *env, void *exports) {
  (void)env;
  if (!original) {
    const char *wrong = install();
    if (wrong) {
      fprintf(stderr, "ntsim: %s\n", wrong);
      exit(71);
    }
  }
  return exports;
}
