/** Theme colours for canvases, which cannot take CSS variables. Read again when the theme changes. */

export interface Palette {
  readonly line: string;
  /** Tags of this workspace that grow. */
  readonly growing: string;
  readonly text: string;
  readonly grid: string;
  /** Behind the time of a test. */
  readonly band: string;
  /** Where a phase begins. */
  readonly mark: string;
  /** Overlaid rows, the selected one's colour aside. */
  readonly overlays: readonly string[];
  readonly highContrast: boolean;
  /** Family of the page's letters. */
  readonly font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const colour = (...names: string[]) => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  return {
    line: colour('--pl-trend'),
    growing: colour('--pl-growing'),
    text: colour('--pl-quiet'),
    grid: colour('--pl-grid'),
    band: colour('--pl-band'),
    mark: colour('--pl-mark'),
    overlays: ['--pl-overlay-1', '--pl-overlay-2', '--pl-overlay-3', '--pl-overlay-4'].map((name) => colour(name)),
    font: style.fontFamily,
    highContrast: document.body.matches('.vscode-high-contrast, .vscode-high-contrast-light'),
  };
}

/** Calls `changed` after VS Code put another theme on the page: it rewrites the body's classes and the root's style. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
