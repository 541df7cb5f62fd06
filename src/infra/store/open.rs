use std::{path::Path as Folder, sync::Arc};

use object_store::{
    ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use url::Url;

use crate::{Error, Result, config::Config};

/// The store that `config` names.
pub(super) fn open(config: &Config) -> Result<(Arc<dyn ObjectStore>, Option<Arc<Folder>>)> {
    match &config.store_url {
        Some(url) => Ok((s3(config, url)?, None)),
        None => {
            let folder = config.data_dir.join("files");
            std::fs::create_dir_all(&folder).map_err(Error::internal)?;
            let disk = LocalFileSystem::new_with_prefix(&folder).map_err(Error::internal)?;
            let disk = Arc::new(disk.with_fsync(true).with_automatic_cleanup(true));
            Ok((disk, Some(folder.into())))
        }
    }
}

/// `s3://bucket/prefix`; who we are comes from our settings, or from where the tools of AWS look.
fn s3(config: &Config, url: &Url) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(url.host_str().unwrap_or_default())
        .with_region(config.store_region.as_str());
    if let Some(endpoint) = &config.store_endpoint {
        builder = builder
            .with_endpoint(endpoint.as_str().trim_end_matches('/'))
            .with_allow_http(endpoint.scheme() == "http");
    }
    if let Some(key) = &config.store_access_key {
        builder = builder.with_access_key_id(key);
    }
    if let Some(key) = &config.store_secret_key {
        builder = builder.with_secret_access_key(&key.0);
    }
    let bucket = builder.build().map_err(Error::internal)?;
    match url.path().trim_matches('/') {
        "" => Ok(Arc::new(bucket)),
        prefix => Ok(Arc::new(PrefixStore::new(bucket, Path::from(prefix)))),
    }
}
