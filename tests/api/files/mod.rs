//! Files: how they are shown, fetched, changed and deleted.

mod changing;
mod deleting;
mod fetching;
mod lists;
mod pictures;
mod ranges;
mod showing;
mod spooling;
mod stores;
mod uploading;

use reqwest::RequestBuilder;

use crate::door::Door;

/// An answer of the door for files.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

async fn get(door: &Door, link: &str) -> Got {
    Got::of(door.get(link)).await
}
