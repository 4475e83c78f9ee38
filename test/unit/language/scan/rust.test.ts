import { describe, expect, it } from 'vitest';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import { summarizeRust } from '../../../../language/scan/rust.ts';
import { tagLabel } from '../../../../language/tag/poolTag.ts';

function indexOf(files: Readonly<Record<string, string>>): SiteIndex {
  const index = new SiteIndex();
  for (const [path, text] of Object.entries(files)) index.setFile(path, text);
  return index;
}
/** `file:line tag function`, and the wrappers in between. */
const sites = (index: SiteIndex) =>
  index
    .snapshot()
    .sites.map((s) =>
      [
        `${s.uri.replace('file:///r/', '')}:${s.range.start.line + 1} ${tagLabel(s.tag)} ${s.function}`,
        ...(s.via ?? []).map((v) => v.name),
      ].join(' < '),
    );

describe('Rust drivers', () => {
  it('write tags in the order that tools show, as bytes, numbers or a single character', () => {
    const text = `
const FIRST: ULONG = u32::from_ne_bytes(*b"frst");
pub static SECOND: u32 = u32::from_le_bytes(*b"scnd");
const THIRD: u32 = u32::from_be_bytes(*b"driT");
const FOURTH: u32 = 0x6874_7266u32;
fn get(length: usize) {
  let a = unsafe { ExAllocatePool2(POOL_FLAG_NON_PAGED, length as SIZE_T, FIRST) };
  let b = unsafe { ntddk::ExAllocatePool2(POOL_FLAG_PAGED, length as u64, tags::SECOND,) };
  ExAllocatePool2(POOL_FLAG_PAGED, 1, THIRD);
  ExAllocatePool2(POOL_FLAG_PAGED, 1, FOURTH);
  ExAllocatePool2(POOL_FLAG_PAGED, 1, 's' as u32);
  ExAllocatePool2(POOL_FLAG_PAGED, 1, u32::from_ne_bytes(*b"a\\x2fb "));
  ExFreePoolWithTag(a, FIRST);
}`;
    const index = indexOf({ '/r/a.rs': text });
    expect(sites(index)).toEqual([
      'a.rs:7 frst get',
      'a.rs:8 scnd get',
      'a.rs:9 Tird get',
      'a.rs:10 frth get',
      'a.rs:11 s    get',
      'a.rs:12 a/b  get',
    ]);
    const { sites: found, frees } = index.snapshot();
    expect(found.map((s) => s.pool).slice(0, 2)).toEqual(['nonpaged', 'paged']);
    expect(frees.map((f) => f.tag && tagLabel(f.tag))).toEqual(['frst']);
  });

  it('are not fooled by comments, strings, lifetimes and imports', () => {
    const text = `
use wdk_sys::{ntddk::{ExAllocatePool2, ExFreePool}, POOL_FLAG_PAGED};
/* ExAllocatePool2(a, b, 'x') /* nested */ ExAllocatePool2(a, b, 'y') */
// ExAllocatePool2(a, b, 'z')
fn f<'a>(name: &'a str) -> &'a str {
  let c = '"'; let d = '\\''; let e = r#"ExAllocatePool2(a, b, 'q') "quoted" "#; let s = "ExAllocatePool2(a, b, 'r')";
  ExAllocatePool2(POOL_FLAG_PAGED, 1, u32::from_ne_bytes(*b"real"));
  name
}`;
    expect(sites(indexOf({ '/r/a.rs': text }))).toEqual(['a.rs:7 real f']);
  });

  it('have wrappers, in other files too, and constants that use declarations bring', () => {
    const index = indexOf({
      '/r/src/pool.rs': `
pub const MINE: u32 = u32::from_ne_bytes(*b"mine");
pub unsafe fn pool_alloc(size: usize, tag: u32) -> *mut u8 { ExAllocatePool2(POOL_FLAG_PAGED, size as u64, tag).cast() }
`,
      '/r/src/lib.rs': `use crate::pool::{pool_alloc, MINE};\nfn go() { let tag = 3; pool_alloc(4, MINE); pool_alloc(4, tag); }\n`,
    });
    expect(sites(index)).toEqual(['src/lib.rs:2 mine go < pool_alloc']);
    expect(index.snapshot().unresolved.map((u) => u.expression)).toEqual(['tag']);
  });

  it('that use the crate wdk-alloc allocate under its tag', () => {
    const text = `use wdk_alloc::WdkAllocator;\n#[global_allocator]\nstatic GLOBAL: WdkAllocator = WdkAllocator;\n`;
    expect(sites(indexOf({ '/r/lib.rs': text }))).toEqual(['lib.rs:3 rust ']);
    const umdf = '[package]\nname = "um"\n[package.metadata.wdk.driver-model]\ndriver-type = "UMDF"\n';
    const index = indexOf({ '/r/Cargo.toml': umdf, '/r/lib.rs': text });
    expect(index.snapshot()).toMatchObject({ sites: [], leftOut: [{ project: { name: 'um' } }] });
  });

  it('survive any input', () => {
    for (const text of [
      'fn',
      'const A: =',
      "'",
      '"',
      'r##"',
      '/*',
      'fn f(',
      'static X: WdkAllocator',
      '}}}',
      'ExFreePool(',
    ])
      expect(() => summarizeRust(text, { has: () => true })).not.toThrow();
  });
});
