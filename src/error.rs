//! What every fallible function of this crate returns when it is not yes.

use crate::model::SessionInfo;
use crate::status;
use std::fmt;

/// A status that is not SESSION_OK, with a text for a log and, where the answer allows it, whose session it was.
pub struct Error {
    status: i32,
    detail: String,
    info: Option<Box<SessionInfo>>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// `detail` is for a log: it may hold paths and names of items, never a secret.
    pub fn new(status: i32, detail: impl Into<String>) -> Self {
        Error { status, detail: detail.into(), info: None }
    }

    /// A status whose text says all there is to say.
    pub fn bare(status: i32) -> Self {
        Error::new(status, "")
    }

    pub(crate) fn with_info(status: i32, info: SessionInfo) -> Self {
        Error { status, detail: String::new(), info: Some(Box::new(info)) }
    }

    pub(crate) fn io(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let status = crate::platform::status_of(error);
        let remedy = match status {
            status::SESSION_PERMISSION => "; make it accessible to this account",
            status::SESSION_DISK_FULL => "; free some space",
            _ => "",
        };
        Error::new(status, format!("{what} {}: {error}{remedy}", path.display()))
    }

    pub fn status(&self) -> i32 {
        self.status
    }

    /// Whose session it was, on the answers that tell; on SESSION_THROTTLED `retry_after_ms`.
    pub fn info(&self) -> Option<&SessionInfo> {
        self.info.as_deref()
    }

    /// What exactly failed, for a log; the status's own text where there is no more to say.
    pub fn detail(&self) -> &str {
        if self.detail.is_empty() { status::text(self.status) } else { &self.detail }
    }

    /// "SESSION_BUSY: the store was held ...: detail"
    pub fn text(&self) -> String {
        let colon = if self.detail.is_empty() { "" } else { ": " };
        format!("{}: {}{colon}{}", status::name(self.status), status::text(self.status), self.detail)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for Error {}
