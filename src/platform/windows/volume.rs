//! Which volumes can hold a store.

use super::access::open_itself;
use super::{done, wide_path};
use crate::status::SESSION_UNSUPPORTED;
use crate::{Error, Result};
use std::fs::File;
use std::io;
use std::os::windows::io::AsRawHandle;
use std::path::{Component, Path, Prefix};
use std::ptr::null_mut;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_READ_ATTRIBUTES, GetDriveTypeW, GetVolumeInformationByHandleW, GetVolumePathNameW,
};
use windows_sys::Win32::System::SystemServices::FILE_PERSISTENT_ACLS;
use windows_sys::Win32::System::WindowsProgramming::DRIVE_REMOTE;

/// A disk of this machine that keeps who may open what: other machines do not share SQLite's WAL and our mapping, and FAT lets
/// everybody in. A share is refused by its name: a look alone would tell its server who we are.
pub fn check_volume(path: &Path) -> Result<()> {
    let refused = |why: &str| Err(Error::new(SESSION_UNSUPPORTED, format!("{} is on {why}", path.display())));
    if let Some(Component::Prefix(prefix)) = path.components().next()
        && matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    {
        return refused(SHARE);
    }
    let asked = drive_type(path).and_then(|drive| {
        let there = path.ancestors().find_map(|folder| open_itself(folder, FILE_READ_ATTRIBUTES).ok());
        Ok((drive, there.map_or(Ok(0), |there| volume_flags(&there))?))
    });
    let (drive, flags) = asked.map_err(|error| Error::io("looking at the file system of", path, &error))?;
    refusal(drive, flags).map_or(Ok(()), refused)
}

const SHARE: &str = "a network file system; choose a disk of this PC";

fn refusal(drive: u32, flags: u32) -> Option<&'static str> {
    if drive == DRIVE_REMOTE {
        Some(SHARE)
    } else if flags & FILE_PERSISTENT_ACLS == 0 {
        Some("no volume, or one that keeps no access rights (FAT?); choose one with NTFS")
    } else {
        None
    }
}

fn drive_type(path: &Path) -> io::Result<u32> {
    let (text, mut volume) = (wide_path(path)?, [0_u16; 1024]);
    // SAFETY: the path is NUL-terminated, the buffer is as long as said, and on success NUL-terminated.
    unsafe {
        done(GetVolumePathNameW(text.as_ptr(), volume.as_mut_ptr(), volume.len() as u32))?;
        Ok(GetDriveTypeW(volume.as_ptr()))
    }
}

pub(super) fn volume_flags(file: &File) -> io::Result<u32> {
    let (none, mut flags) = (null_mut(), 0);
    // SAFETY: the handle is open, the flags live for the call, and nothing else is asked for.
    done(unsafe {
        GetVolumeInformationByHandleW(file.as_raw_handle(), none, 0, none.cast(), none.cast(), &mut flags, none, 0)
    })?;
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Win32::System::WindowsProgramming::{DRIVE_FIXED, DRIVE_REMOVABLE};

    /// Flags as NTFS and FAT32 have them.
    const NTFS: u32 = 0x03C7_2EFF;
    const FAT32: u32 = 0x0002_0206;

    #[test]
    fn a_disk_of_this_pc_that_keeps_rights() {
        assert_eq!(refusal(DRIVE_FIXED, NTFS), None);
        assert_eq!(refusal(DRIVE_REMOVABLE, NTFS), None);
        assert!(refusal(DRIVE_REMOTE, NTFS).unwrap().contains("network"));
        assert!(refusal(DRIVE_REMOVABLE, FAT32).unwrap().contains("FAT"));
        check_volume(&std::env::temp_dir()).unwrap();
        check_volume(&std::env::temp_dir().join("not there").join("yet")).unwrap();
    }
}
