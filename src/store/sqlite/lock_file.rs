//! The lock file: one byte that every writer holds, a byte for each account's turn, and a header.
//!
//! The header tells which store this is, whether its creation was finished, and its generation: even = at rest, odd = a
//! commit is under way or was cut off. It is written out before it is mapped (a sparse page on a full disk is a SIGBUS), and
//! the file is never truncated or unlinked.

use crate::platform::lock::{ByteLock, busy, patiently};
use crate::platform::{self, Access, FileId, MAPPED, Mapping};
use crate::status::*;
use crate::{Error, Result};
use once_cell::sync::OnceCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;
use uuid::Uuid;

pub const NAME: &str = "lock";

const MAGIC: &[u8; 16] = b"desksession lock";
/// Changes only with the major version of the store.
const PROTOCOL: u64 = 1;
const GENERATION_AT: usize = 48;
/// Beyond the end of any file: only a name for the lock.
const STORE_BYTE: u64 = 1 << 62;
/// Shared by all that wait for the one before.
const WAITING_BYTE: u64 = STORE_BYTE + 1;
const TURNS_AT: u64 = 1 << 61;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Creating = 1,
    Ready = 2,
}

/// Is there a lock file with a header of this library? Looks only, and not into a pipe.
pub fn is_ours(folder: &Path) -> bool {
    let path = folder.join(NAME);
    let mut magic = [0; 16];
    path.symlink_metadata().is_ok_and(|data| data.is_file())
        && File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok()
        && magic == *MAGIC
}

/// An open lock file, not yet mapped.
pub struct LockFile {
    file: Option<File>,
    path: PathBuf,
    pub id: FileId,
    /// Without locks, one for the threads of each place: those that share a descriptor meet at every system call.
    lookers: [OnceCell<File>; LOOKERS],
}

const LOOKERS: usize = 4;

impl LockFile {
    pub fn open(folder: &Path, access: Access) -> Result<LockFile> {
        let path = folder.join(NAME);
        let file = platform::open_file(&path, access, true).map_err(|error| Error::io("opening", &path, &error))?;
        let id = platform::file_id_of(&file).map_err(|error| Error::io("looking at", &path, &error))?;
        Ok(LockFile { file: Some(file), path, id, lookers: Default::default() })
    }

    fn file(&self) -> &File {
        self.file.as_ref().expect("open until dropped")
    }

    /// The store's lock: for open, close, recovery, checkpoint and every write.
    pub fn take(&self, deadline: Instant) -> Result<ByteLock<'_>> {
        let mut waiting = None;
        patiently(deadline, || {
            let taken = self.try_take()?;
            if taken.is_none() && waiting.is_none() {
                waiting = ByteLock::try_take(self.file(), WAITING_BYTE, false)?;
            }
            taken.ok_or_else(busy)
        })
    }

    /// Does anybody wait for it? Not for two threads at a time.
    pub fn awaited(&self) -> Result<bool> {
        Ok(ByteLock::try_take(self.file(), WAITING_BYTE, true)?.is_none())
    }

    pub fn try_take(&self) -> Result<Option<ByteLock<'_>>> {
        ByteLock::try_take(self.file(), STORE_BYTE, true)
    }

    /// An account's turn; other processes and handles wait.
    pub fn turn(&self, account: u16, deadline: Instant) -> Result<ByteLock<'_>> {
        ByteLock::take(self.file(), TURNS_AT + u64::from(account), true, deadline)
    }

    /// Is it still the file that the folder shows?
    pub fn in_place(&self) -> bool {
        platform::file_id(&self.path) == Some(self.id)
    }

    /// Before the mapping is touched: somebody may have cut the file short, and beyond its end is a SIGBUS.
    pub fn check_whole(&self) -> Result<()> {
        if is_whole(self.file()) {
            return Ok(());
        }
        Err(Error::new(SESSION_CORRUPT, "the lock file was cut short; close the store everywhere and open it again"))
    }

    /// As `check_whole`, for who looks at the mapping again and again from several threads.
    pub fn looks_whole(&self) -> bool {
        let same = |file: &File| platform::file_id_of(file).ok() == Some(self.id);
        let open = || platform::open_file(&self.path, Access::Own, false).ok().filter(same).ok_or(());
        self.lookers[platform::place_of_thread(LOOKERS)].get_or_try_init(open).is_ok_and(is_whole)
    }

    /// Under the lock. `None`: nothing is written yet.
    pub fn header(&self) -> Result<Option<(Uuid, State)>> {
        let mut page = Vec::new();
        let mut file = self.file();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.take(MAPPED as u64 + 1).read_to_end(&mut page))
            .map_err(|error| Error::io("reading", &self.path, &error))?;
        // Never written out, or cut short.
        let zeros = page.len() <= MAPPED && page.iter().all(|byte| *byte == 0);
        if zeros || (page.len() < MAPPED && page.starts_with(MAGIC)) {
            return Ok(None);
        }
        let number = |at: usize| u64::from_ne_bytes(page[at..at + 8].try_into().expect("8 bytes"));
        if page.len() != MAPPED || page[..16] != MAGIC[..] {
            return Err(Error::new(SESSION_NOT_A_STORE, format!("{} is not a lock file of this library", self.path.display())));
        }
        if number(16) != PROTOCOL {
            return Err(Error::new(SESSION_NEWER, format!("the lock file has protocol {}", number(16))));
        }
        let state = match number(24) {
            1 => State::Creating,
            2 => State::Ready,
            _ => return Err(Error::new(SESSION_CORRUPT, "the state in the lock file's header")),
        };
        Ok(Some((Uuid::from_slice(&page[32..GENERATION_AT]).expect("16 bytes"), state)))
    }

    /// Under the lock: writes the header out, durably. A generation that is there is kept; a lost one begins anywhere, so that
    /// no tag of before fits it.
    pub fn write_header(&self, store: Uuid, state: State) -> Result<()> {
        let mut generation = [0; 8];
        crate::crypto::random(&mut generation)?;
        let anywhere = (u64::from_ne_bytes(generation) >> 2) & !1;
        let written = (|| {
            let mut file = self.file();
            let mut page = vec![0_u8; MAPPED];
            if file.metadata()?.len() == MAPPED as u64 {
                file.seek(SeekFrom::Start(0))?;
                file.read_exact(&mut page)?;
            }
            if page[..16] != MAGIC[..] {
                page[GENERATION_AT..GENERATION_AT + 8].copy_from_slice(&anywhere.to_ne_bytes());
            }
            page[..16].copy_from_slice(MAGIC);
            page[16..24].copy_from_slice(&PROTOCOL.to_ne_bytes());
            page[24..32].copy_from_slice(&(state as u64).to_ne_bytes());
            page[32..GENERATION_AT].copy_from_slice(store.as_bytes());
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&page)?;
            file.sync_all()
        })();
        written.map_err(|error| Error::io("writing", &self.path, &error))
    }

    /// After the header is written.
    pub fn map(&self) -> Result<Generation> {
        Mapping::new(self.file()).map(Generation).map_err(|error| Error::io("mapping", &self.path, &error))
    }
}

fn is_whole(file: &File) -> bool {
    file.metadata().is_ok_and(|data| data.len() == MAPPED as u64)
}

impl Drop for LockFile {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            platform::close_locked(file);
        }
    }
}

/// The generation in the mapped header. Written under the lock; read by anybody.
pub struct Generation(Mapping);

impl Generation {
    pub fn get(&self) -> u64 {
        self.0.number(GENERATION_AT).load(Ordering::SeqCst)
    }

    /// Odd: a commit begins. Odd already: the writer before was cut off, and the number moves on all the same.
    pub fn begin(&self) {
        self.0.number(GENERATION_AT).store((self.get().wrapping_add(1)) | 1, Ordering::SeqCst);
    }

    /// Even: what is in the database is known again.
    pub fn settle(&self) {
        self.0.number(GENERATION_AT).store((self.get() | 1).wrapping_add(1), Ordering::SeqCst);
    }

    pub fn unsettled(&self) -> bool {
        self.get() & 1 == 1
    }
}
