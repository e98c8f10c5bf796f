//! Which store is meant, and opening it.

use crate::args::{Key, Place};
use crate::secrets;
use desksession::model::{KeyChoice, OpenMode, OpenOptions};
use desksession::status::SESSION_BAD_ARGUMENT;
use desksession::{Error, Result, Store};
use std::ffi::OsString;
use std::path::PathBuf;

enum Where {
    Folder(PathBuf),
    App(String),
}

impl Place {
    /// A store that exists: a typing mistake makes none.
    pub fn open(&self) -> Result<Store> {
        self.open_as(OpenMode::Existing)
    }

    pub fn create(&self) -> Result<Store> {
        self.open_as(OpenMode::CreateNew)
    }

    fn open_as(&self, mode: OpenMode) -> Result<Store> {
        let options = self.options(mode)?;
        match self.place()? {
            Where::Folder(folder) => Store::open(&folder, &options),
            Where::App(name) => Store::open_app(&name, &options),
        }
    }

    pub fn adopt(&self) -> Result<Store> {
        Store::adopt(&self.folder()?, &self.options(OpenMode::Existing)?)
    }

    pub fn folder(&self) -> Result<PathBuf> {
        match self.place()? {
            Where::Folder(folder) => Ok(folder),
            Where::App(name) => Store::app_folder(&name, self.scope.map(Into::into).unwrap_or_default()),
        }
    }

    /// What is typed goes before the environment.
    fn place(&self) -> Result<Where> {
        let typed = (self.folder.clone(), self.app.clone());
        let (folder, app) = if typed == (None, None) {
            let app = variable("DESKSESSION_APP").map(OsString::into_string).transpose();
            (variable("DESKSESSION_FOLDER").map(PathBuf::from), app.map_err(|_| wrong("DESKSESSION_APP is not UTF-8"))?)
        } else {
            typed
        };
        match (folder, app) {
            (Some(folder), None) => Ok(Where::Folder(folder)),
            (None, Some(app)) => Ok(Where::App(app)),
            (None, None) => Err(wrong(
                "which store? --folder PATH or --app NAME, or DESKSESSION_FOLDER or DESKSESSION_APP in the environment",
            )),
            (Some(_), Some(_)) => Err(wrong("a folder and a program's name at once: which of the two?")),
        }
    }

    fn options(&self, mode: OpenMode) -> Result<OpenOptions> {
        let key = match (self.key, &self.key_file) {
            (None | Some(Key::Caller), Some(file)) => Some(KeyChoice::Caller(secrets::key(file)?)),
            (Some(_), Some(_)) => return Err(wrong("--key-file goes with --key caller")),
            (Some(Key::Caller), None) => return Err(wrong("--key caller needs --key-file FILE")),
            (Some(Key::User), None) => Some(KeyChoice::User),
            (Some(Key::Store), None) => Some(KeyChoice::Store),
            (None, None) => None,
        };
        Ok(OpenOptions { mode, key, scope: self.scope.map(Into::into), ..OpenOptions::default() })
    }
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn wrong(detail: &str) -> Error {
    Error::new(SESSION_BAD_ARGUMENT, detail)
}
