/** What to type into the kernel debugger, and elsewhere, about a tag. Forms as in Microsoft's pages on these commands. */
import { type PoolTag, tagConstant, tagText } from '../language/tag/poolTag.ts';

export interface DebuggerCommand {
  readonly command: string;
  readonly meaning: string;
}

/** Tools take the tag as it shows, a blank as `?`; `poolhittag` takes the C constant. */
export function debuggerCommands(tag: PoolTag, paged: boolean): readonly DebuggerCommand[] {
  const shown = tagText(tag).replaceAll(' ', '?');
  return [
    { command: `!poolused ${paged ? 4 : 2} ${shown}`, meaning: 'its totals, in the debugger' },
    { command: `!poolfind ${shown} ${paged ? 1 : 0}`, meaning: 'its blocks (slow)' },
    { command: `ed nt!poolhittag ${tagConstant(tag)}`, meaning: 'break on each allocation and free; then kb' },
    { command: 'ed nt!poolhittag 0', meaning: 'no more breaks' },
    {
      command: `xperf -on Base+CSwitch+POOL -stackwalk PoolAlloc+PoolFree -PoolTag ${tagText(tag).trimEnd()}`,
      meaning: 'record the stacks of its allocations and frees',
    },
  ];
}
