/**
 * Hands the page's nonce to the toolkit. While it loads, FAST tries a style element to learn whether the browser knows
 * :focus-visible; without the nonce the content security policy blocks it, and every clicked control keeps a focus ring.
 * FAST looks for the nonce in this meta element, so this module must be imported before the toolkit.
 */
const { currentScript } = document;
if (currentScript?.nonce) {
  const meta = document.createElement('meta');
  meta.setAttribute('property', 'csp-nonce');
  meta.content = currentScript.nonce;
  document.head.append(meta);
}
