use std::{path::PathBuf, sync::Arc};

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use url::Url;

use super::Patience;
use crate::{Error, Result, config::Config};

/// The store that `config` names, and its folder if it is one on this machine.
pub(super) fn open(
    config: &Config,
    patience: Patience,
) -> Result<(Arc<dyn ObjectStore>, Option<PathBuf>)> {
    match &config.store_url {
        Some(url) => Ok((s3(config, url, patience)?, None)),
        None => {
            let folder = config.data_dir.join("files");
            std::fs::create_dir_all(&folder).map_err(Error::internal)?;
            let disk = LocalFileSystem::new_with_prefix(&folder).map_err(Error::internal)?;
            let disk = disk.with_fsync(true).with_automatic_cleanup(true);
            Ok((Arc::new(disk), Some(folder)))
        }
    }
}

/// `s3://bucket/prefix`; who we are comes from our settings, or from where the tools of AWS look, never half
/// from each.
fn s3(config: &Config, url: &Url, patience: Patience) -> Result<Arc<dyn ObjectStore>> {
    let builder = match (&config.store_access_key, &config.store_secret_key) {
        (Some(access), Some(secret)) => {
            AmazonS3Builder::new().with_access_key_id(access).with_secret_access_key(&secret.0)
        }
        _ => AmazonS3Builder::from_env(),
    };
    // The whole answer may take as long as its reader does: what is bounded is how long nothing comes.
    let mut client = ClientOptions::new()
        .with_timeout_disabled()
        .with_connect_timeout(patience.connect)
        .with_read_timeout(patience.silence);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: patience.retries,
        retry_timeout: patience.silence,
    };
    let mut builder = builder
        .with_bucket_name(url.host_str().unwrap_or_default())
        .with_region(config.store_region.as_str())
        .with_retry(retry);
    if let Some(endpoint) = &config.store_endpoint {
        builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
        client = client.with_allow_http(endpoint.scheme() == "http");
    }
    let bucket = builder.with_client_options(client).build().map_err(Error::internal)?;
    match url.path().trim_matches('/') {
        "" => Ok(Arc::new(bucket)),
        prefix => Ok(Arc::new(PrefixStore::new(bucket, Path::from(prefix)))),
    }
}
