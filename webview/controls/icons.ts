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
  close: 'M8 7.2 12.3 3l.8.8L8.8 8l4.3 4.3-.8.8L8 8.8l-4.3 4.3-.8-.8L7.2 8 2.9 3.8l.8-.8L8 7.2Z',
  zoomIn:
    'M6.8 2a4.8 4.8 0 0 1 3.7 7.8l3.6 3.5-.8.8-3.5-3.6A4.8 4.8 0 1 1 6.8 2Zm0 1.1a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4ZM6.3 4.7h1v1.6h1.6v1H7.3v1.6h-1V7.3H4.7v-1h1.6V4.7Z',
  zoomOut:
    'M6.8 2a4.8 4.8 0 0 1 3.7 7.8l3.6 3.5-.8.8-3.5-3.6A4.8 4.8 0 1 1 6.8 2Zm0 1.1a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4ZM4.7 6.3h4.2v1H4.7v-1Z',
  /** Everything up to the edge: the whole time. */
  follow:
    'M2 3h1v10H2V3Zm11 0h1v10h-1V3ZM7 5.2l.7.7L5.8 7.5h4.4L8.3 5.9l.7-.7L11.8 8 9 10.8l-.7-.7 1.9-1.6H5.8l1.9 1.6-.7.7L4.2 8 7 5.2Z',
  table:
    'M2 3h12v10H2V3Zm1 1v2h4.5V4H3Zm5.5 0v2H13V4H8.5ZM3 7v2h4.5V7H3Zm5.5 0v2H13V7H8.5ZM3 10v2h4.5v-2H3Zm5.5 0v2H13v-2H8.5Z',
  columns: 'M2 3h12v10H2V3Zm1 1v8h3V4H3Zm4 0v8h2.5V4H7Zm3.5 0v8H13V4h-2.5Z',
  mark: 'M4 2h8v12l-4-3-4 3V2Zm1 1v9l3-2.2 3 2.2V3H5Z',
  chevronRight: 'M10.9 8 5.5 13.4l-.8-.8L9.3 8 4.7 3.4l.8-.8L10.9 8Z',
  /** Verdicts differ in shape before they differ in colour. */
  load: 'M1.5 10.5C3 5.5 4.5 4 6 7.5S9 12 10.5 8 13 4.5 14.5 6l-.7.7c-1-1-1.6-.6-2.4 1.7C9.8 13 6.9 12.8 5.2 8.3 4.5 6.3 4 6.500 2.4 10.800l-.9-.3Z',
  cache: 'M1.500 12.500C4 12.500 4 5 7.500 5h7v1.100h-7C5 6.100 5 13.600 1.500 13.600v-1.100Z',
  steady: 'M1.500 7.500h13v1.100h-13V7.500Z',
  record: 'M8 3.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9Z',
  more: 'M3.500 7a1 1 0 1 1 0 2 1 1 0 0 1 0-2ZM8 7a1 1 0 1 1 0 2 1 1 0 0 1 0-2Zm4.500 0a1 1 0 1 1 0 2 1 1 0 0 1 0-2Z',
  check: 'M13.500 4 6.500 11.300 2.500 7.500l.8-.8 3.200 3 6.200-6.500.8.800Z',
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
