/*
 * Exercise of the indexer: records put, replaced, found, listed and dropped, and some left for the unload.
 */
#include "machine.h"
#include <string.h>

DRIVER_INITIALIZE DriverEntry;

typedef struct _INDEXER_REQUEST {
    CHAR Name[16];
    CHAR Text[48];
} INDEXER_REQUEST;

#define REQUEST(code, access) CTL_CODE(FILE_DEVICE_UNKNOWN, code, METHOD_BUFFERED, access)

static NTSTATUS Ask(PDEVICE_OBJECT Device, ULONG Code, CHAR Name)
{
    INDEXER_REQUEST request;

    memset(&request, 0, sizeof(request));
    request.Name[0] = Name;
    strcpy(request.Text, "a text");
    return MachineControl(Device, Code, &request, sizeof(request), sizeof(request));
}

VOID Exercise(VOID)
{
    PDEVICE_OBJECT device;
    CHAR name;

    if (!NT_SUCCESS(MachineLoad(DriverEntry)))
        return;
    device = MachineDevice(L"\\Device\\Indexer");
    for (name = 'a'; name <= 'h'; name++)
        EXPECT(Ask(device, REQUEST(0x801, FILE_WRITE_ACCESS), name) == STATUS_SUCCESS);
    EXPECT(Ask(device, REQUEST(0x801, FILE_WRITE_ACCESS), 'a') == STATUS_SUCCESS);
    EXPECT(Ask(device, REQUEST(0x802, FILE_READ_ACCESS), 'b') == STATUS_SUCCESS);
    EXPECT(Ask(device, REQUEST(0x802, FILE_READ_ACCESS), 'z') == STATUS_NOT_FOUND);
    EXPECT(Ask(device, REQUEST(0x803, FILE_WRITE_ACCESS), 'c') == STATUS_SUCCESS);
    EXPECT(Ask(device, REQUEST(0x804, FILE_READ_ACCESS), 0) == STATUS_SUCCESS);
    MachineUnload();
}
