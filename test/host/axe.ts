/** axe-core in a page or a frame: what it finds against the accessibility rules, one line a finding. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The part of axe that is used; it is no module in the page. */
interface AxeInPage {
  run(
    target: Element,
    options: object,
  ): Promise<{
    violations: readonly {
      readonly id: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }[];
  }>;
}

/** Serious and critical findings below the element that `selector` names. */
export async function axeFindings(where: Page | Frame, selector: string): Promise<string[]> {
  await where.evaluate(source);
  return where.evaluate(async (wanted) => {
    const { axe } = globalThis as unknown as { axe: AxeInPage };
    const target = document.querySelector(wanted);
    if (!target) return [`Nothing in the page matches ${wanted}.`];
    const { violations } = await axe.run(target, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, impact, nodes }) =>
        nodes
          // The grid around these rows takes the keyboard and scrolls them.
          .filter(({ html }) => id !== 'scrollable-region-focusable' || !html.startsWith('<div class="viewport"'))
          .map(
            ({ html, failureSummary = '' }) => `${impact} ${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`,
          ),
      );
  }, selector);
}
