/** The panel's icons, drawn for 16 pixels in the text's colour. */

const PATHS = {
  /** An arrow that rises out of its box: a tag of this workspace that grows. */
  growing:
    'M2 1h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1Zm4 3v1.6h3.3L4.1 10.8l1.1 1.1 5.2-5.2V10H12V4H6Z',
  /** The same arrow alone: any other tag that grows. */
  rising: 'M6 3.5v1.3h4.8L3.6 12l.9.9 7.2-7.2v4.8H13v-7H6Z',
  pause: 'M4.5 3h2v10h-2V3Zm5 0h2v10h-2V3Z',
  play: 'M4.5 2.7v10.6L13 8 4.5 2.7Z',
  chevronDown: 'M8 10.9 2.6 5.5l.8-.8L8 9.3l4.6-4.6.8.8L8 10.9Z',
  chevronUp: 'M8 5.1l5.4 5.4-.8.8L8 6.7l-4.6 4.6-.8-.8L8 5.1Z',
  warning: 'M8 1.2 15.3 14H.7L8 1.2Zm0 2.2L2.5 13h11L8 3.4ZM7.4 6.5h1.2v3.6H7.4V6.5Zm0 4.4h1.2v1.2H7.4v-1.2Z',
  search:
    'M6.8 2a4.8 4.8 0 0 1 3.7 7.8l3.6 3.5-.8.8-3.5-3.6A4.8 4.8 0 1 1 6.8 2Zm0 1.1a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4Z',
  copy: 'M5 1.5h8v10h-2v2.8H3v-10h2V1.5Zm1.1 1.1v7.8h5.8V2.6H6.1ZM5 5.4H4.1v7.8h5.8v-1.7H5V5.4Z',
  help: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 1.1a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 2.6Zm-.6 8h1.2v1.2H7.4v-1.2ZM8 4.2c1.4 0 2.4.8 2.4 2 0 .9-.5 1.4-1.1 1.9-.5.4-.7.6-.7 1.2v.3H7.4v-.4c0-1.1.5-1.5 1.1-2 .5-.4.7-.6.7-1 0-.6-.5-.9-1.2-.9s-1.2.4-1.2 1.1H5.6c0-1.3 1-2.2 2.4-2.2Z',
} as const;

export type IconName = keyof typeof PATHS;
const SVG = 'http://www.w3.org/2000/svg';

/** An icon without a meaning of its own to assistive technology: words stand beside it, or its button has a label. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

export function setIcon(svg: SVGSVGElement, name: IconName): void {
  const path = svg.firstElementChild as SVGPathElement;
  if (path.getAttribute('d') !== PATHS[name]) path.setAttribute('d', PATHS[name]);
}
