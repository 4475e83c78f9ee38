/*
 * The start of each exercise's program.
 */
#include "machine.h"

VOID Exercise(VOID);

int main(int argc, char **argv)
{
    return MachineMain(argc, argv, Exercise);
}
