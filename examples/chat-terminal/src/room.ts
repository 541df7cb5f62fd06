import type { Live } from "./live.js";
import {
  ConversationEvents,
  ConversationJoin,
  ConversationMarkRead,
  Messages,
  OpenConversation,
  type Conversation,
  type Message,
} from "./operations.js";
import { accepted } from "./session.js";

/** What is read in a conversation. */
export type Reading = { kind: "page" | "news"; message: Message } | { kind: "ready" | "reset" };

/** An open conversation, from which every message is read exactly once and in order. */
export class Room {
  /** The place in the stream up to which everything was read. */
  #cursor: string | null = null;
  readonly #seen = new Set<string>();
  /** The message up to which the server is to know that all was read. */
  #upTo: string | null = null;
  #marking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly live: Live,
    readonly conversation: Conversation,
  ) {}

  /** Opens a conversation by its id, or a channel by its name, and joins it where one may. */
  static async open(live: Live, name: string): Promise<Room> {
    const by = name.startsWith("conversation_") ? { id: name } : { channel: name.replace(/^#/, "") };
    const { conversation } = await live.ask(OpenConversation, { by });
    if (!conversation) {
      throw new Error(`There is no conversation ${name} that you may see.`);
    }
    if (conversation.viewer && !conversation.viewer.canSend && conversation.viewer.canJoin) {
      accepted((await live.ask(ConversationJoin, { id: conversation.id })).conversationJoin);
    }
    return new Room(live, conversation);
  }

  /** The newest page, then whatever comes, for as long as one may hear it. */
  async *read(): AsyncGenerator<Reading> {
    yield* this.#page("page");
    const room = this;
    const variables = {
      id: this.conversation.id,
      get after() {
        return room.#cursor;
      },
    };
    for await (const { conversationEvents: event } of this.live.events(ConversationEvents, variables)) {
      if (event.__typename === "StreamReset") {
        if (event.cursor === null) return;
        yield { kind: "reset" };
        yield* this.#page("news");
        continue;
      }
      if (event.__typename === "MessageAdded") yield* this.#unseen("news", [event.message]);
      this.#cursor = event.cursor ?? this.#cursor;
      if (event.__typename === "StreamReady") yield { kind: "ready" };
    }
  }

  /** Lets the server know that all up to this message was read; of many in a row, it hears of the last. */
  markRead({ id }: Message): Promise<void> {
    if (this.#upTo === null) this.#marking = this.#marking.then(() => this.#mark());
    this.#upTo = id;
    return this.#marking;
  }

  async #mark(): Promise<void> {
    const upTo = this.#upTo;
    this.#upTo = null;
    // A mark that is not taken is no loss: the next one goes further.
    if (upTo) await this.live.ask(ConversationMarkRead, { id: this.conversation.id, upTo }).catch(() => undefined);
  }

  /** Loads the newest page; when something was read before, the pages since then. */
  async *#page(kind: "page" | "news"): AsyncGenerator<Reading> {
    const messages: Message[] = [];
    let cursor: string | null = null;
    let before: string | null = null;
    for (let more = true; more; ) {
      const variables: { id: string; before: string | null } = { id: this.conversation.id, before };
      const { conversation } = await this.live.ask(Messages, variables);
      if (!conversation) return;
      const { nodes, pageInfo } = conversation.messages;
      messages.unshift(...nodes);
      // What happens while older pages are loaded comes as events after the first.
      cursor ??= conversation.eventCursor;
      before = pageInfo.startCursor;
      more = this.#seen.size > 0 && pageInfo.hasPreviousPage && !nodes.some(({ id }) => this.#seen.has(id));
    }
    yield* this.#unseen(kind, messages);
    this.#cursor = cursor;
  }

  /** What is new of these: a page and what is told again may overlap. Threads are for another screen. */
  *#unseen(kind: "page" | "news", messages: Message[]): Generator<Reading> {
    for (const message of messages) {
      if (this.#seen.has(message.id) || message.threadRoot) continue;
      this.#seen.add(message.id);
      yield { kind, message };
    }
  }
}
