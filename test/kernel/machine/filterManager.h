/*
 * What exercises of filters ask of the filter manager.
 */
#pragma once

#include <fltkernel.h>

/* What the driver registered; NULL before and after. */
const FLT_REGISTRATION *MachineFilter(VOID);

/* The last handle of a file is closed: its context goes. */
VOID MachineCloseFile(PFILE_OBJECT FileObject);
