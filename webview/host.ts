/** The webview's side of VS Code: messages out, and the small state that VS Code keeps while the page is gone. */
import type { FromPanel } from '../extension/protocol.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  send(message: FromPanel): void;
  loadState(): unknown;
  saveState(state: unknown): void;
}

/** May be called once a page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    loadState: () => api.getState(),
    saveState: (state) => api.setState(state),
  };
}
