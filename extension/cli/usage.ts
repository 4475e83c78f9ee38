/** A mistake in how the program was called, or an input it cannot use: one clear line, exit code 2. */
export class UsageError extends Error {}

export const EXIT = { ok: 0, findings: 1, usage: 2 } as const;

export const HELP = `Pool Lens: from the growing pool tag to the line that leaks.

  pool-lens sites DIR [--json] [--cache FOLDER]
      Every tagged pool allocation and free in the C and C++ sources under DIR. --cache: keeps what was found in FOLDER,
      so that the next scan reads only what changed; for check too.

  pool-lens check DIR [--format text|json|sarif] [--severity LEVEL] [--rule RULE=LEVEL]... [--tags FILE]...
      What the rules find in the sources under DIR. Exit code 1 when a finding is at LEVEL or above: hint, information,
      warning (the default) or error. --rule: another level for a rule, off too. --tags: a pooltag.txt to know other
      components' tags from; the installed one by default. Hints are shown with --severity hint only.

  pool-lens assign DIR (--tag TAG | --site FILE:LINE | --all) [--frees together|untag] [--wrappers split|keep] [--insist]
                   [--write] [--json] [--list FILE] [--tags FILE]... [--avoid FILE]...
      Gives allocation sites tags of their own, with the frees that belong to them, as a unified diff; --write writes, and
      notes it for restore. --frees: sites that one free can free stay together under one new tag, the default, or that
      free names no tag any more. --wrappers: functions and macros that choose the tag for several callers take it from them,
      the default but for --site, or keep one. --insist: also sites whose frees are not known. --list: a list in pooltag.txt's format
      that names the new tags. --tags: as for check. --avoid: a recording or a log whose tags new ones must not have.

  pool-lens restore DIR [--tag TAG | --site FILE:LINE] [--write] [--json]
      Gives assigned sites under DIR their old tags back, with their frees, names and wrappers, as .pool-lens/assignments.json
      says; all of them, those of one tag (the old or a new one), or one site. Prints a unified diff; --write writes.

  pool-lens rules
      Every rule, its default level and its reason.

  pool-lens watch [--interval S] [--json] [--count N] [--sort KEY] [--simulated DIR]
      The live pool in PoolMon's columns. --interval: seconds between two polls, 0.25 to 60.
      --count: end after N polls. --sort: b bytes, m bytes per allocation, t tag, a allocations, f frees, d difference.
      --simulated: the simulated kernel with the allocation sites and the scenario of DIR, on any machine.
      Keys in a terminal: P B M T A F D sort and select as in PoolMon, Q quits.

  pool-lens verdict FILE [--json] [--workspace DIR | --tags PATTERN...]
      Which tags leak, grow, follow the load, are caches or rest, and the evidence: of a recording, or of a log of PoolMon
      with many tables. --workspace: only the tags of the sources under DIR; --tags: only these (Abc? Mm*). Exit code 1
      when one of them leaks. In a log "# phase: settle|baseline|test|wait" and "# time: ISO 8601" before a table tell
      where the test stood and when.

  pool-lens convert FILE --to csv|json|poolmon
      A log of PoolMon, the output of !poolused or poolmon-powershell's CSV in another format. Times without a zone are UTC.

  pool-lens mark settle|baseline|test|wait|end [--operations N]
      Marks where the test stands, in the Pool Lens that watches on this PC. --operations: of the cycle that begins.

  pool-lens --help | --version

Exit codes: 0 done, 1 findings where asked for, 2 usage or input error.
`;
