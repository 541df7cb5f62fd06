import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

import type { Conversation, Message } from "./operations.js";

const paint = (code: number) => (text: string) => (stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint(1);
const dim = paint(2);

/** Text of other people: it must not steer the terminal. */
const tame = (text: string): string => text.replace(/[^\P{C}\n]/gu, "");

/** What the conversation itself says of somebody. */
const SYSTEM = {
  MEMBER_JOINED: "came in",
  MEMBER_LEFT: "left",
  PINNED: "pinned a message",
  TITLE_CHANGED: "gave it a new title:",
};

export function line(message: Message, me: string): string {
  const time = new Date(message.createdAt).toTimeString().slice(0, 5);
  const handle = message.author?.handle ?? "somebody";
  if (message.messageKind !== "TEXT") {
    const text = `${time} ${handle} ${SYSTEM[message.messageKind]} ${tame(message.body?.text ?? "")}`;
    return aside(text.trimEnd());
  }
  const text = message.body ? tame(message.body.text) : dim("(deleted)");
  return `${dim(time)} ${bold(handle === me ? "you" : handle)}  ${text.replaceAll("\n", "\n      ")}`;
}

export function entry({ id, channel, title, viewer }: Conversation): string {
  const unread = viewer?.unreadCount ? bold(` ${viewer.unreadCount} new`) : "";
  // One's own title leaves out one's own name.
  return `${channel ? bold(`#${channel}`) : id}  ${tame(viewer?.title ?? title)}${unread}`;
}

/** A quiet word beside the talk. */
export const aside = (text: string): string => dim(`-- ${text}`);

/** Asks at the terminal; what is secret is not shown. */
export async function question(text: string, secret = false): Promise<string> {
  if (!stdin.isTTY) {
    throw new Error("Set GUILDHALL_LOGIN and GUILDHALL_PASSWORD.");
  }
  const output = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stdout;
  // First, so that what is typed at once is not shown either.
  const asking = createInterface({ input: stdin, output, terminal: true });
  stdout.write(text);
  const answer = await asking.question("");
  asking.close();
  if (secret) stdout.write("\n");
  return answer;
}
