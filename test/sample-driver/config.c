/*
 * Sample filter: settings from the registry, and the rules that say what is traced.
 */
#include "filter.h"

static FAST_MUTEX RulesLock;
static LIST_ENTRY Rules;
static ULONG RuleCount;

VOID FilterInitializeRules(VOID)
{
    ExInitializeFastMutex(&RulesLock);
    InitializeListHead(&Rules);
}

/* The rule is charged to the process that adds it. */
NTSTATUS FilterAddRule(const SAMPLE_RULE *Rule, ULONG RuleBytes)
{
    NTSTATUS status = STATUS_SUCCESS;
    PFILTER_RULE rule;

    if (RuleBytes < sizeof(SAMPLE_RULE))
        return STATUS_BUFFER_TOO_SMALL;
    if (Rule->MajorFunction > IRP_MJ_MAXIMUM_FUNCTION)
        return STATUS_INVALID_PARAMETER;

    rule = ExAllocatePoolWithQuotaTag((POOL_TYPE)(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE),
                                      sizeof(FILTER_RULE),
                                      SAMPLE_TAG_RULE);
    if (rule == NULL)
        return STATUS_QUOTA_EXCEEDED;
    rule->Body = *Rule;

    ExAcquireFastMutex(&RulesLock);
    if (RuleCount < FILTER_RULE_LIMIT) {
        InsertTailList(&Rules, &rule->Link);
        RuleCount++;
    } else {
        status = STATUS_TOO_MANY_NODES;
    }
    ExReleaseFastMutex(&RulesLock);

    if (!NT_SUCCESS(status))
        ExFreePoolWithTag(rule, SAMPLE_TAG_RULE);
    return status;
}

/* Without rules everything is traced. */
BOOLEAN FilterMatchesRules(UCHAR MajorFunction, ULONG Bytes)
{
    BOOLEAN matches;
    PLIST_ENTRY link;

    ExAcquireFastMutex(&RulesLock);
    matches = IsListEmpty(&Rules);
    for (link = Rules.Flink; !matches && link != &Rules; link = link->Flink) {
        PFILTER_RULE rule = CONTAINING_RECORD(link, FILTER_RULE, Link);

        matches = rule->Body.MajorFunction == MajorFunction && Bytes >= rule->Body.MinimumBytes;
    }
    ExReleaseFastMutex(&RulesLock);
    return matches;
}

VOID FilterClearRules(VOID)
{
    ExAcquireFastMutex(&RulesLock);
    while (!IsListEmpty(&Rules)) {
        PLIST_ENTRY link = RemoveHeadList(&Rules);

        ExFreePoolWithTag(CONTAINING_RECORD(link, FILTER_RULE, Link), SAMPLE_TAG_RULE);
    }
    RuleCount = 0;
    ExReleaseFastMutex(&RulesLock);
}

/* A REG_DWORD of the driver's own key, or the default where it is absent or of another type. */
ULONG FilterReadSetting(PCWSTR Name, ULONG Default)
{
    ULONG bytes = FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + sizeof(ULONG);
    PKEY_VALUE_PARTIAL_INFORMATION information;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    ULONG value = Default;
    HANDLE key;

    InitializeObjectAttributes(&attributes, &Filter.RegistryPath, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!NT_SUCCESS(ZwOpenKey(&key, KEY_QUERY_VALUE, &attributes)))
        return Default;

    information = ExAllocatePoolWithTag(PagedPool, bytes, 'tSmX');
    if (information != NULL) {
        RtlInitUnicodeString(&name, Name);
        if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, information, bytes, &bytes)) &&
            information->Type == REG_DWORD && information->DataLength == sizeof(ULONG))
            RtlCopyMemory(&value, information->Data, sizeof(ULONG));
        ExFreePoolWithTag(information, 'tSmX');
    }
    ZwClose(key);
    return value;
}
