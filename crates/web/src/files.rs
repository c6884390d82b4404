//! Files that are not rows: pictures now, recordings and attachments later. A folder by default; the library also
//! speaks S3, so that nothing here changes when a deployment has more than one machine.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

/// The file store. Clones share one.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// The store in this folder, which is made if it is missing.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn in_folder(folder: &Path) -> Result<Files, object_store::Error> {
        std::fs::create_dir_all(folder)
            .map_err(|source| object_store::Error::Generic { store: "folder", source: Box::new(source) })?;
        Ok(Files(Arc::new(LocalFileSystem::new_with_prefix(folder)?)))
    }

    /// Stores a file under a name that no other has or can guess, and gives the name: what is removed for one is never
    /// another's.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put(&self, kind: &str, ending: &str, content: Bytes) -> Result<String, object_store::Error> {
        let name: String =
            model::clock::random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{kind}/{name}.{ending}");
        self.0.put(&Key::from(name.as_str()), content.into()).await?;
        Ok(name)
    }

    /// Reads a file; none if it is gone.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, object_store::Error> {
        match self.0.get(&Key::from(name)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn remove(&self, name: &str) -> Result<(), object_store::Error> {
        match self.0.delete(&Key::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
