/**
 * The file of a recording: an SQLite database that any SQLite tool reads. CONTRIBUTING.md describes the tables for people.
 * `application_id` tells it from other databases, `user_version` is the version of this schema.
 */

/** `PLns`, in the header of the file. */
export const APPLICATION_ID = 0x504c6e73;
export const SCHEMA_VERSION = 1;
/** How recordings are named. */
export const RECORDING_EXTENSION = '.poollens';

/** Samples in a period: what a seek decodes at the most. */
export const PERIOD_SAMPLES = 600;

export const SCHEMA = `
CREATE TABLE session (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE boot (
  boot INTEGER PRIMARY KEY,
  first_sample INTEGER NOT NULL,
  started INTEGER
);

CREATE TABLE pool_row (
  row INTEGER PRIMARY KEY,
  tag INTEGER NOT NULL,
  tag_text TEXT NOT NULL,
  paged INTEGER NOT NULL
);

CREATE TABLE sample (
  sample INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  elapsed INTEGER NOT NULL,
  total_kb INTEGER NOT NULL,
  available_kb INTEGER NOT NULL,
  committed_kb INTEGER NOT NULL,
  commit_limit_kb INTEGER NOT NULL,
  commit_peak_kb INTEGER NOT NULL,
  page_faults INTEGER NOT NULL,
  resident_kernel_kb INTEGER NOT NULL,
  resident_paged_kb INTEGER NOT NULL,
  nonpaged_kb INTEGER NOT NULL,
  paged_kb INTEGER NOT NULL
);

CREATE TABLE change (
  sample INTEGER PRIMARY KEY,
  rows BLOB NOT NULL
);

CREATE TABLE period (
  period INTEGER NOT NULL,
  row INTEGER NOT NULL,
  allocs INTEGER NOT NULL,
  frees INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  least_objects INTEGER NOT NULL,
  PRIMARY KEY (period, row)
) WITHOUT ROWID;

CREATE TABLE mark (
  mark INTEGER PRIMARY KEY,
  sample INTEGER NOT NULL,
  elapsed INTEGER NOT NULL,
  time INTEGER NOT NULL,
  phase TEXT NOT NULL,
  cycle INTEGER NOT NULL,
  operations INTEGER
);

CREATE VIEW figures AS
SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', sample.time / 1000.0, 'unixepoch') AS time,
  sample.elapsed / 1000.0 AS elapsed_s,
  pool_row.tag_text AS tag,
  CASE pool_row.paged WHEN 1 THEN 'Paged' ELSE 'Nonp' END AS type,
  period.allocs,
  period.frees,
  period.allocs - period.frees AS diff,
  period.bytes,
  period.least_objects AS least_diff
FROM period
JOIN sample ON sample.sample = period.period * ${PERIOD_SAMPLES} + ${PERIOD_SAMPLES - 1}
JOIN pool_row USING (row);
`;

/** Columns of `sample` in the order in which they are written and read, after sample, time and elapsed. */
export const SYSTEM_COLUMNS = [
  ['total_kb', 'totalKb'],
  ['available_kb', 'availableKb'],
  ['committed_kb', 'committedKb'],
  ['commit_limit_kb', 'commitLimitKb'],
  ['commit_peak_kb', 'commitPeakKb'],
  ['page_faults', 'pageFaults'],
  ['resident_kernel_kb', 'residentKernelKb'],
  ['resident_paged_kb', 'residentPagedKb'],
  ['nonpaged_kb', 'nonpagedKb'],
  ['paged_kb', 'pagedKb'],
] as const;

/** What `session` says, all as text. */
export interface SessionInfo {
  /** Name of the source: `This PC`. */
  readonly label: string;
  readonly kind: string;
  /** The watched system in words: Windows version, processors, memory; empty where unknown. */
  readonly system: string;
  readonly counterBits: 32 | 64;
  /** Version of Pool Lens that wrote it. */
  readonly writer: string;
  /** Folders of the workspace that was open, by name. */
  readonly workspace: string;
  /** The file it was made from, where it was imported; else empty. */
  readonly importedFrom: string;
}
