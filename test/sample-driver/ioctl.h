/*
 * What a program says to the sample filter through \\.\SampleFilter. All requests are METHOD_BUFFERED.
 */
#pragma once

#define SAMPLE_DEVICE_TYPE 0x8A31

/* Input: SAMPLE_COMMAND with its text behind it. */
#define IOCTL_SAMPLE_COMMAND CTL_CODE(SAMPLE_DEVICE_TYPE, 0x801, METHOD_BUFFERED, FILE_WRITE_ACCESS)

/* Input: SAMPLE_RULE. */
#define IOCTL_SAMPLE_ADD_RULE CTL_CODE(SAMPLE_DEVICE_TYPE, 0x802, METHOD_BUFFERED, FILE_WRITE_ACCESS)

/* Output: as many SAMPLE_RECORDs as fit, oldest first. */
#define IOCTL_SAMPLE_READ_TRACE CTL_CODE(SAMPLE_DEVICE_TYPE, 0x803, METHOD_BUFFERED, FILE_READ_ACCESS)

typedef enum _SAMPLE_COMMAND_KIND {
    SampleCommandMark,
    SampleCommandClearTrace,
    SampleCommandClearRules,
    SampleCommandMaximum
} SAMPLE_COMMAND_KIND;

typedef struct _SAMPLE_COMMAND {
    ULONG Kind;
    ULONG TextBytes;
    WCHAR Text[1];
} SAMPLE_COMMAND, *PSAMPLE_COMMAND;

typedef struct _SAMPLE_RULE {
    UCHAR MajorFunction;
    UCHAR Reserved[3];
    ULONG MinimumBytes;
} SAMPLE_RULE, *PSAMPLE_RULE;

typedef struct _SAMPLE_RECORD {
    LARGE_INTEGER Time;
    LARGE_INTEGER Offset;
    ULONG DeviceNumber;
    ULONG Bytes;
    UCHAR MajorFunction;
    UCHAR IsMark;
    UCHAR Reserved[6];
} SAMPLE_RECORD, *PSAMPLE_RECORD;
