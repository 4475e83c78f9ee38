/**
 * Tags that headers of the Windows Driver Kit define and drivers use, which are in no repository. Only those whose value is
 * public: pooltag.txt of the Debugging Tools lists each as one of classpnp.sys, with the purpose that its name says.
 */
import type { Definition } from './fileSummary.ts';

const CLASSPNP: Readonly<Record<string, string>> = {
  CLASS_TAG_AUTORUN_DISABLE: "'ALcS'",
  CLASS_TAG_DEVICE_CONTROL: "'OIcS'",
  CLASS_TAG_FAILURE_PREDICT: "'fLcS'",
  CLASS_TAG_FILE_OBJECT_EXTENSION: "'FLcS'",
  CLASS_TAG_MEDIA_CHANGE_DETECTION: "'MLcS'",
  CLASS_TAG_MOUNT: "'mLcS'",
  CLASS_TAG_POWER: "'WLcS'",
  CLASS_TAG_RELEASE_QUEUE: "'qLcS'",
  CLASS_TAG_WMI: "'wLcS'",
};

const nowhere = { start: 0, end: 0, nameStart: 0, bodyStart: 0, owner: '', parameters: null } as const;

const MACROS: ReadonlyMap<string, Definition> = new Map(
  Object.entries(CLASSPNP).map(([name, body]) => [
    name,
    { ...nowhere, name, kind: 'macro', body, alternative: false, condition: '' },
  ]),
);

/** The macro of this name in the kit's headers; undefined for every other name. Its offsets mean nothing. */
export function wdkMacro(name: string): Definition | undefined {
  return MACROS.get(name);
}
