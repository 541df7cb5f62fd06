import { randomBytes, randomUUID } from "node:crypto";

import { accepted, connect } from "./client.js";
import type { HomeFeedQuery } from "./gql/graphql.js";
import { AccountRegister, HomeFeed, PostCreate, SessionCreate } from "./operations.js";

type Page = NonNullable<NonNullable<HomeFeedQuery["viewer"]>["homeFeed"]>;

const { client, signInWith } = connect(process.env.GUILDHALL_URL ?? "http://127.0.0.1:4000");

const { login, password } = await credentials();
const handle = await signIn(login, password);
console.log(`Signed in as @${handle}.`);

console.log(`Posted ${await postNote("Hello from a *typed* client.")}.`);

const feed = await readHomeFeed();
console.log(`Posts in the home feed: ${feed.nodes.length}${feed.pageInfo.hasNextPage ? " and more" : ""}.`);
for (const post of feed.nodes) {
  print(post);
}

/** The sign-in from the environment, or that of a new, made-up member. */
async function credentials(): Promise<{ login: string; password: string }> {
  const { GUILDHALL_LOGIN, GUILDHALL_PASSWORD } = process.env;
  if (GUILDHALL_LOGIN && GUILDHALL_PASSWORD) {
    return { login: GUILDHALL_LOGIN, password: GUILDHALL_PASSWORD };
  }
  const handle = `guest${randomBytes(4).toString("hex")}`;
  const password = randomBytes(18).toString("base64url");
  const { data } = await client.mutate({
    mutation: AccountRegister,
    variables: {
      input: { email: `${handle}@example.org`, handle, name: "Guest of the Guild", password },
    },
  });
  accepted(data?.accountRegister);
  return { login: handle, password };
}

async function signIn(login: string, password: string): Promise<string> {
  const { data } = await client.mutate({
    mutation: SessionCreate,
    variables: { input: { password: { login, password } } },
  });
  const { session, viewer } = accepted(data?.sessionCreate);
  if (!session || !viewer) {
    throw new Error("The server asks for more than a password.");
  }
  signInWith(session.accessToken);
  return viewer.profile.handle;
}

async function postNote(body: string): Promise<string> {
  const { data } = await client.mutate({
    mutation: PostCreate,
    // With the same key the same call may be sent again after a lost answer: it posts once.
    variables: { input: { body, visibility: "MEMBERS", clientKey: randomUUID() } },
  });
  const { post } = accepted(data?.postCreate);
  if (!post) {
    throw new Error("The server answered without the post.");
  }
  return post.id;
}

async function readHomeFeed(): Promise<Page> {
  const { data } = await client.query({ query: HomeFeed, variables: { first: 10 } });
  const page = data?.viewer?.homeFeed;
  if (!page) {
    throw new Error("Only members have a home feed.");
  }
  return page;
}

function print(post: Page["nodes"][number]): void {
  const author = post.author ? `${post.author.name} (@${post.author.handle})` : "a former member";
  const reactions = post.reactions.map(({ emoji, count }) => `${emoji} ${count}`).join("  ");
  console.log(`\n${author}: ${post.title}`);
  console.log(`  ${post.body?.text ?? "(removed)"}`);
  console.log(`  ${[reactions, `comments: ${post.commentCount}`].filter(Boolean).join("  ")}`);
}
