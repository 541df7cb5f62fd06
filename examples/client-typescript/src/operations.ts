import { graphql } from "./gql/index.js";

// Whatever a person can put right comes back as data, in `userErrors`, the same for every mutation.

export const AccountRegister = graphql(`
  mutation AccountRegister($input: AccountRegisterInput!) {
    accountRegister(input: $input) {
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export const SessionCreate = graphql(`
  mutation SessionCreate($input: SessionCreateInput!) {
    sessionCreate(input: $input) {
      session {
        accessToken
        expiresAt
        refreshToken
      }
      viewer {
        profile {
          id
          handle
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export const PostCreate = graphql(`
  mutation PostCreate($input: PostCreateInput!) {
    postCreate(input: $input) {
      post {
        id
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export const HomeFeed = graphql(`
  query HomeFeed($first: Int!, $after: String) {
    viewer {
      profile {
        id
        handle
      }
      homeFeed(first: $first, after: $after) {
        nodes {
          id
          title
          body {
            text(maxLength: 200)
          }
          author {
            id
            handle
            name
          }
          reactions {
            emoji
            count
          }
          commentCount
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);
