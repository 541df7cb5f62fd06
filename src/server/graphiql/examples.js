// The tabs of a first visit. Each document is a file of its own, so that the server's tests can
// run it; variables stand in a JSON file beside it.
import channel from "./examples/channel.graphql";
import channelVariables from "./examples/channel.variables.json";
import communityFeed from "./examples/community-feed.graphql";
import conversationEvents from "./examples/conversation-events.graphql";
import conversationEventsVariables from "./examples/conversation-events.variables.json";
import gallery from "./examples/gallery.graphql";
import homeFeed from "./examples/home-feed.graphql";
import people from "./examples/people.graphql";
import register from "./examples/register.graphql";
import registerVariables from "./examples/register.variables.json";
import sendMessage from "./examples/send-message.graphql";
import sendMessageVariables from "./examples/send-message.variables.json";
import signIn from "./examples/sign-in.graphql";
import signInVariables from "./examples/sign-in.variables.json";
import viewerEvents from "./examples/viewer-events.graphql";
import welcome from "./examples/welcome.graphql";
import writePost from "./examples/write-post.graphql";
import writePostVariables from "./examples/write-post.variables.json";

export const examples = [
  { query: welcome },
  { query: register, variables: registerVariables },
  { query: signIn, variables: signInVariables },
  { query: communityFeed },
  { query: people },
  { query: gallery },
  { query: writePost, variables: writePostVariables },
  { query: homeFeed },
  { query: channel, variables: channelVariables },
  { query: sendMessage, variables: sendMessageVariables },
  { query: conversationEvents, variables: conversationEventsVariables },
  { query: viewerEvents },
];
