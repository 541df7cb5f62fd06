/** A document, and what it takes and answers. */
export interface Operation<Data, Variables> {
  readonly document: string;
  readonly types?: (variables: Variables) => Data;
}

const operation = <Data, Variables>(document: string): Operation<Data, Variables> => ({ document });

export interface UserError {
  code: string;
  message: string;
}

export interface Tokens {
  accessToken: string;
  expiresAt: string;
  refreshToken: string | null;
}

export interface Payload {
  userErrors: UserError[];
}

export interface AuthPayload extends Payload {
  session: Tokens | null;
}

export interface Message {
  id: string;
  clientKey: string | null;
  createdAt: string;
  messageKind: "TEXT" | "MEMBER_JOINED" | "MEMBER_LEFT" | "PINNED" | "TITLE_CHANGED";
  /** Null once it is deleted, and where the kind says it all. */
  body: { text: string } | null;
  author: { handle: string } | null;
  threadRoot: { id: string } | null;
}

export interface Conversation {
  id: string;
  channel: string | null;
  title: string;
  viewer: { title: string; unreadCount: number; canSend: boolean; canJoin: boolean } | null;
}

interface MessagePage {
  nodes: Message[];
  pageInfo: { hasPreviousPage: boolean; startCursor: string | null };
}

/** Something that happened. What is not told again, and what ends a stream, has no cursor. */
export type ConversationEvent = { cursor: string | null } & (
  | { __typename: "StreamReady" | "StreamReset" | "Other" }
  | { __typename: "MessageAdded"; message: Message }
);

const AUTH = `session { accessToken expiresAt refreshToken } userErrors { code message }`;
const CONVERSATION = `id channel title viewer { title unreadCount canSend canJoin }`;
const MESSAGE = `id clientKey messageKind createdAt body { text } author { handle } threadRoot { id }`;

export const SessionCreate = operation<
  { sessionCreate: AuthPayload },
  { login: string; password: string }
>(`mutation SessionCreate($login: String!, $password: String!) {
  sessionCreate(input: { password: { login: $login, password: $password } }) { ${AUTH} }
}`);

export const SessionRefresh = operation<
  { sessionRefresh: AuthPayload },
  { refreshToken: string }
>(`mutation SessionRefresh($refreshToken: String!) {
  sessionRefresh(refreshToken: $refreshToken) { ${AUTH} }
}`);

export const Conversations = operation<
  {
    viewer: { conversations: { nodes: Conversation[] } } | null;
    channels: { nodes: Conversation[] };
  },
  Record<string, never>
>(`query Conversations {
  viewer { conversations(first: 50) { nodes { ${CONVERSATION} } } }
  channels(first: 50) { nodes { ${CONVERSATION} } }
}`);

export const OpenConversation = operation<
  { conversation: Conversation | null },
  { by: { id: string } | { channel: string } }
>(`query OpenConversation($by: ConversationBy!) {
  conversation(by: $by) { ${CONVERSATION} }
}`);

export const ConversationJoin = operation<
  { conversationJoin: Payload },
  { id: string }
>(`mutation ConversationJoin($id: ID!) {
  conversationJoin(id: $id) { userErrors { code message } }
}`);

export const ConversationMarkRead = operation<
  { conversationMarkRead: Payload },
  { id: string; upTo: string }
>(`mutation ConversationMarkRead($id: ID!, $upTo: ID!) {
  conversationMarkRead(id: $id, upTo: $upTo) { userErrors { code message } }
}`);

/** A page of messages, and the place in the stream at which it was read: nothing falls in between. */
export const Messages = operation<
  { conversation: { eventCursor: string; messages: MessagePage } | null },
  { id: string; before: string | null }
>(`query Messages($id: ID!, $before: String) {
  conversation(by: { id: $id }) {
    eventCursor
    messages(last: 50, before: $before) {
      nodes { ${MESSAGE} }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}`);

export const MessageSend = operation<
  { messageSend: Payload & { message: Message | null } },
  { input: { conversation: string; body: string; clientKey: string } }
>(`mutation MessageSend($input: MessageSendInput!) {
  messageSend(input: $input) { message { ${MESSAGE} } userErrors { code message } }
}`);

export const ConversationEvents = operation<
  { conversationEvents: ConversationEvent },
  { id: string; after: string | null }
>(`subscription ConversationEvents($id: ID!, $after: EventCursor) {
  conversationEvents(id: $id, after: $after) {
    __typename
    ... on StreamEvent { cursor }
    ... on MessageAdded { message { ${MESSAGE} } }
  }
}`);

export const ViewerEvents = operation<
  { viewerEvents: { __typename: string } },
  Record<string, never>
>(`subscription ViewerEvents {
  viewerEvents { __typename }
}`);
