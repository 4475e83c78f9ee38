/** Entry of the panel: registers the controls, connects the host, and starts. */
import './panel.css';
import type { ToPanel } from '../extension/protocol.ts';
import { registerToolkit } from './controls/toolkit.ts';
import { connectHost } from './host.ts';
import { Panel } from './panel.ts';

registerToolkit();
const host = connectHost();

function report(message: string): void {
  host.send({ type: 'error', message });
}
window.addEventListener('error', (event) => {
  report(event.error instanceof Error ? (event.error.stack ?? event.error.message) : event.message);
});
window.addEventListener('unhandledrejection', (event) => report(`Unhandled rejection: ${String(event.reason)}`));

const root = document.getElementById('pool-lens');
if (root) {
  const panel = new Panel(root, host);
  window.addEventListener('message', (event: MessageEvent<ToPanel>) => panel.receive(event.data));
  host.send({ type: 'ready' });
} else report('The page has no element with the id pool-lens.');
