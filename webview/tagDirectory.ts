/** What the host told of tags besides numbers: driver, description, allocation sites. */
import type { TagInfo, ToPanel } from '../extension/protocol.ts';
import type { PoolTag } from '../language/tag/poolTag.ts';

export class TagDirectory {
  /** Grows by one with each message. */
  version = 0;
  #infos = new Map<PoolTag, TagInfo>();
  #workspaceTags: readonly PoolTag[] = [];

  apply(message: Extract<ToPanel, { type: 'tags' }>): void {
    if (message.all) this.#infos.clear();
    for (const info of message.tags) this.#infos.set(info.tag, info);
    this.#workspaceTags = [...this.#infos.values()].filter((info) => info.sites.length > 0).map((info) => info.tag);
    this.version++;
  }

  get(tag: PoolTag): TagInfo | undefined {
    return this.#infos.get(tag);
  }

  /** Tags with at least one allocation site in this workspace. */
  get workspaceTags(): readonly PoolTag[] {
    return this.#workspaceTags;
  }
}
