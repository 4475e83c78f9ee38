import type { VerdictName } from '../extension/protocol.ts';
import type { IconName } from './controls/icons.ts';

/** The shape of a verdict; a boxed arrow where the tag is this workspace's. */
export function verdictIcon(verdict: VerdictName, ours: boolean): IconName {
  switch (verdict) {
    case 'leak':
    case 'growing':
      return ours ? 'growing' : 'rising';
    case 'load':
      return 'load';
    case 'cache':
      return 'cache';
    case 'steady':
    case 'unknown':
      return 'steady';
  }
}
