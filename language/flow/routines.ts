/**
 * What routines of the system and of the C library do with pointers, as far as drivers' memory is concerned. What is not
 * listed may keep every pointer that it is given, and give it to anybody.
 */

/** Neither keep a pointer they are given, nor hand one on. */
const HARMLESS = [
  /^(?:Dbg|Kd|Trace|DoTrace|Log|Wpp|WPP|Event|Etw|ASSERT|NT_ASSERT|NT_VERIFY|_?assert|C_ASSERT|static_assert|PAGED_|UNREFERENCED|DBG|Debug)\w*$/,
  /^(?:Zw|Nt(?=[A-Z][a-z]))(?!Create\w*Thread|NotifyChange|Callback)\w+$/,
  /^Rtl(?!Init(?:Empty)?(?:Unicode|Ansi)?String|Insert|Lookup|Get|Enumerate|FindUnicodePrefix|NextUnicodePrefix|Splay|Subtree|Delete(?:NoSplay)?$|InitializeGenericTable|Create|Copy(?:Memory|Bytes|Volatile)|Move|Create|Set\w*SecurityDescriptor|Real)\w+$/,
  /^Ke(?!Insert|Initialize(?:Dpc|ThreadedDpc|Apc|Interrupt|DeviceQueue|Queue|CallbackRecord)|Remove|Register|IpiGenericCall|ExpandKernelStack|SetTimer|SetCoalescableTimer|Set\w*Dpc)\w+$/,
  /^Ex(?:Acquire|Release|Initialize(?:Resource|FastMutex|Rundown|PushLock|N?PagedLookaside|Lookaside|SListHead)|Delete|Is|Get|Raise|Wait|Try|Rundown|Convert|Reinitialize|Uuid|System|Set(?!Timer)|Query|Enter|Local|Notify|Flush|Free|Allocate(?!FromN?Paged|FromLookaside))\w*$/,
  /^Io(?:Get(?!DriverObjectExtension)|Complete|Call(?:Driver|r)?$|CallDriver|Skip|Copy|Mark|Acquire|Release|Delete|Detach|Attach|CreateSymbolic|CreateUnprotected|CreateDevice|CreateController|FreeIrp|FreeMdl|FreeWorkItem|Is|Invalidate|Open|Reuse|Size|Start(?:Next)?Packet|Unregister|Write|Read|Set(?:DeviceInterface|TopLevel|Hard|Cancel|NextIrp|Device|Share|Update|Thread)|Check|Remove|Report|Request(?!DeviceEject)|ForwardIrp|Disconnect|Wmi|WMI|Validate|Verify|Query|Cancel)\w*$/,
  /^Mm(?!GetPhysicalAddress|GetVirtualForPhysical|MapIoSpace|InitializeMdl|CreateMdl|GetMdlVirtualAddress|GetMdlStartVa|CopyMemory)\w+$/,
  /^(?:Ob(?:f?(?:Re|Dere)ference|Query|Close|Is|Open|Make|Get)|Ps(?!Create|Set)|Se(?!Register|Set)|Hal|Po(?!Register|Request|Set|Fx)|Cc(?!Initialize|Set|Schedule|Copy|Prepare|Map|Pin)|Cm(?!Register|Set|Callback))\w*$/,
  /^FsRtl(?:Enter|Exit|Is|Allocate|Free|Check|Acquire|Release|Are|Initialize(?:FileLock|Oplock)|Uninitialize|Normalize|Dissect|Does|Name|Complete|Fast|Mdl|Oplock|Reset|Remove(?:Large|Mcb)|Truncate|Teardown)\w*$/,
  /^(?:Ndis(?:Zero|Fill|Free|Acquire|Release|Allocate|Equal|Initialize(?:Event|ReadWriteLock|String)|SetEvent|ResetEvent|Wait|MSleep|Stall|Get(?:Current|System|Version)|Interlocked(?:Inc|Dec)|Dpr|Read|Write|Raw|MIndicateStatus|MGetDevice|Delete|Destroy|Terminate|ConvertStringToAtom))\w*$/,
  /^Wdf(?:Request(?:Complete|Get|Retrieve|Set(?:Information))|SpinLock(?:Acquire|Release|Create)|WaitLock(?:Acquire|Release|Create)|Object(?:Delete|Reference|Dereference|Acquire|Release)|Device(?:Wdm|Get|Init(?:Set|Assign))|Registry|String|Timer(?:Start|Stop)|IoQueue(?:Get|Start|Stop|Purge|Drain)|Driver(?:Wdm|Get)|Interrupt|Dma|CommonBuffer|Usb\w*Get|Lookaside|Memory(?:Get|Copy))\w*$/,
  /^(?:\w*ASSERT\w*|VERIFY|FAILED|SUCCEEDED|RTL_(?:SIZEOF|CONTAINS)\w*|(?:Read|Write)(?:U?(?:Long(?:64)?|Short|Char)|Boolean|SizeT?)\w*|\w*(?:Debug|Dbg|D)Print\w*|NET_BUFFER_(?:DATA|CURRENT_MDL_OFFSET|LIST_COALESCED)\w*|CTL_CODE|PtrToU?long|PtrToUlong|W[DM]F_\w+_INIT|GetExceptionCode|AbnormalTermination|GetLastError|CloseHandle|va_(?:start|end)|un?likely|__(?:[bl]e\d+_to_cpu|cpu_to_[bl]e\d+)|IN[46]_ADDR_EQUAL|abort|exit|Nd(?:is)?IsNbl\w*)$/,
  /^(?:mem(?:set|cmp|icmp)|_?(?:str|wcs)n?(?:len|cmp|icmp|nlen|spn|cspn|lwr|upr|tol|toul|rev)\w*|_?v?(?:sn?|sw|f|w)?n?w?printf(?:_s|_l)?|_?sn?w?printf\w*|Rtl?String\w+|RtlString\w+|RtlUnicodeString\w+|abs|min|max|isdigit|is\w{3,6}|to(?:lower|upper)|towupper|towlower|ato[il]|qsort|_?byteswap\w*|_Interlocked(?!Exchange|CompareExchange)\w*|Interlocked(?:Inc|Dec|Add|Or|And|Xor|Exchange64|ExchangeAdd|CompareExchange64|CompareExchange(?!Pointer)|BitTest|Push(?!EntryS)|FlushS)?\w*(?<!Pointer)|ReadNoFence\w*|READ_\w+|WRITE_\w+|ProbeFor\w+|YieldProcessor|MemoryBarrier|KeMemoryBarrier|sizeof|FIELD_OFFSET|RTL_\w+SIZE\w*|offsetof|ARRAYSIZE|RTL_NUMBER_OF|NT_SUCCESS|NT_ERROR|ADDRESS_AND_SIZE\w*|ROUND_TO_\w+|BYTES_TO_\w+|HandleToU\w+|U\w+ToHandle|FlagOn|BooleanFlagOn|SetFlag|ClearFlag|IsListEmpty|InitializeListHead|InitializeSListHead|QueryDepth\w*|RemoveEntryList|InitializeObjectAttributes|GUID\w*|IsEqual\w+|HIWORD|LOWORD|HIBYTE|LOBYTE|MAKE\w+|UInt\w+|ULong\w+|Size[TX]\w*|__\w*(?:debugbreak|halt|cpuid|rdmsr|writemsr|readcr\w|writecr\w|vmx_\w+|invlpg|stosq|nop|sidt|lgdt|readgs\w*|inbyte|outbyte|readdr|writedr|readmsr|rdtsc|segmentlimit|lidt|sgdt))$/,
] as const;

const KNOWN = new Map<string, boolean>();

/** Whether a routine that the sources do not define keeps no pointer and returns none of the driver's. */
export function isHarmless(name: string): boolean {
  let known = KNOWN.get(name);
  if (known === undefined) {
    known = HARMLESS.some((pattern) => pattern.test(name));
    KNOWN.set(name, known);
  }
  return known;
}

const SYSTEM =
  /^(?:Rtl|Ke|Kd|Ex|Io|Mm|Ob|Ps|Zw|Nt|Se|Cc|Po|Pcw|FsRtl|Flt|Ndis|Wdf|Wmi|Hal|Dbg|Etw|Event|Stor|Scsi|Video|Hid|USBD|Usb|Cm|Tdi|Nmr|Wsk|Fwp|Net|BCrypt|Eng|Dx|Ks|Pc|Acpi|Cls|Class|Clfs|Tm|Vsl|Whea|Dma|Pci|Pf|Exf|Interlocked|Initialize)(?=[A-Z_])|^[a-z_]+$|^_/;

/** Whether a routine is the system's: it cannot know the driver's structures. */
export function isSystemRoutine(name: string): boolean {
  return SYSTEM.test(name);
}

/** `to` gets what the memory at `from` holds. Positions of arguments. */
export const COPIES: ReadonlyMap<string, readonly [to: number, from: number]> = new Map(
  (
    [
      'RtlCopyMemory RtlMoveMemory RtlCopyVolatileMemory RtlCopyBytes NdisMoveMemory NdisMoveMappedMemory memcpy memmove memcpy_s',
    ] as const
  ).flatMap((names) => names.split(' ').map((name) => [name, [0, name === 'memcpy_s' ? 2 : 1]] as const)),
);

/** Returns its first argument, or a place in it. */
export const RETURNS_FIRST =
  /^(?:memcpy|memmove|memset|_?(?:str|wcs)n?(?:cpy|cat|chr|rchr|str|pbrk|tok|ncpy|ncat)\w*|memchr|PAGE_ALIGN|ALIGN_\w+|Add2Ptr|RTL_CONST_CAST|PtrOffset)$/;

/** A member of a structure of the system that a routine sets: its pointer, the member, the value. Positions of arguments. */
export interface MemberStore {
  readonly pointer: number;
  readonly struct: string;
  readonly members: readonly string[];
  readonly value: number;
}

const string = (struct: string): MemberStore => ({ pointer: 0, struct, members: ['Buffer'], value: 1 });

export const MEMBER_STORES: ReadonlyMap<string, MemberStore> = new Map([
  ['RtlInitUnicodeString', string('UNICODE_STRING')],
  ['RtlInitUnicodeStringEx', string('UNICODE_STRING')],
  ['RtlInitEmptyUnicodeString', string('UNICODE_STRING')],
  ['RtlInitAnsiString', string('STRING')],
  ['RtlInitString', string('STRING')],
  ['RtlInitEmptyAnsiString', string('STRING')],
]);

/** Puts its second argument into a list of which any entry may come out again. */
export const LIST_INSERTS =
  /^(?:InsertTailList|InsertHeadList|AppendTailList|PushEntryList|ExInterlockedInsert(?:Head|Tail)List|ExfInterlockedInsert(?:Head|Tail)List|ExInterlockedPushEntry(?:S)?List|InterlockedPushEntrySList|NdisInterlockedInsert(?:Head|Tail)List)$/;
export const LIST_REMOVES =
  /^(?:RemoveHeadList|RemoveTailList|PopEntryList|ExInterlockedRemoveHeadList|ExfInterlockedRemoveHeadList|ExInterlockedPopEntry(?:S)?List|InterlockedPopEntrySList|InterlockedFlushSList|ExInterlockedFlushSList|NdisInterlockedRemoveHeadList|FirstEntrySList)$/;

/** Members of the system's structures that only the driver writes and reads. */
export const DRIVERS_OWN =
  /^(?:FsContext2?|DeviceExtension|Flink|Blink|Next|MiniportReserved\w*|MiniportContext|ProtocolReserved\w*|DriverContext|UserContext)$/;

/** Structures of the system that the system does not fill with pointers of its own. */
export const PASSIVE =
  /^(?:UNICODE_STRING|ANSI_STRING|STRING|OEM_STRING|LIST_ENTRY|SINGLE_LIST_ENTRY|SLIST_ENTRY|SLIST_HEADER|RTL_BITMAP|LARGE_INTEGER|ULARGE_INTEGER|GUID|KSPIN_LOCK|FAST_MUTEX|ERESOURCE|KEVENT|KMUTEX|KSEMAPHORE)$/;

/** Routines that give the memory through a pointer, not as their result. Position of the argument. */
export const GIVEN_THROUGH: ReadonlyMap<string, number> = new Map([
  ['NdisAllocateMemoryWithTag', 0],
  ['StorPortAllocatePool', 3],
]);

/** Which argument of a routine is the memory that it frees; the first of those not listed. */
export const FREED_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ['NdisFreeMemoryWithTagPriority', 1],
  ['StorPortFreePool', 1],
  ['VideoPortFreePool', 1],
  ['FltFreePoolAlignedWithTag', 1],
]);
