/** Text inside of Markdown, HTML and SVG. */

/**
 * Text as entities, right in HTML and in Markdown: nothing of it is taken for markup, and it stays on one line. Characters
 * that cannot be shown, and those that turn the direction of text, become `?`.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, (run) => (/^\s+$/.test(run) ? ' ' : '?'))
    .replace(/[\\`*_{}[\]<>()#+!|&~"'$@=-]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The text in `<code>`, which Markdown and HTML share. */
export function code(text: string): string {
  return `<code>${escapeText(text)}</code>`;
}
