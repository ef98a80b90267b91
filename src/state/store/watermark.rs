//! The number of the last acknowledged change, beside the store and apart from it.
//!
//! sled cuts its log at the first record that it cannot read and goes on with what came before; only a witness outside
//! of the log can tell that acknowledged changes are gone. The same file is the lock that keeps a second process out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Error;

const NAME: &str = "acknowledged";

/// The open and locked file.
#[derive(Debug)]
pub(super) struct Watermark {
    file: File,
    acknowledged: u64,
}

impl Watermark {
    /// Takes the lock and reads the number; makes directory and file where they are missing.
    pub(super) fn open(directory: &Path) -> Result<Watermark, Error> {
        let unusable =
            |error: std::io::Error| Error::Unusable { directory: directory.to_owned(), reason: error.to_string() };
        std::fs::create_dir_all(directory).map_err(unusable)?;
        let path = directory.join(NAME);
        if !path.exists() && directory.join(super::LOG).exists() {
            return Err(Error::damaged(directory, format!("its file `{NAME}` is missing")));
        }
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Held(directory.to_owned())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let mut text = Vec::new();
        (&file).take(64).read_to_end(&mut text).map_err(unusable)?;
        let mut watermark = Watermark { file, acknowledged: 0 };
        if text.is_empty() && !directory.join(super::LOG).exists() {
            watermark.raise(0).map_err(unusable)?;
            return Ok(watermark);
        }
        watermark.acknowledged =
            parse(&text).ok_or_else(|| Error::damaged(directory, format!("its file `{NAME}` cannot be read")))?;
        Ok(watermark)
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Writes a new number over the old one: the file's length never changes, so a process that dies leaves either.
    pub(super) fn raise(&mut self, number: u64) -> Result<(), std::io::Error> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(format!("{number:020} {:020}\n", !number).as_bytes())?;
        self.acknowledged = number;
        Ok(())
    }
}

/// The number, where its complement stands beside it.
fn parse(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let (number, complement) = text.trim_end().split_once(' ')?;
    let number: u64 = number.parse().ok()?;
    (complement.parse() == Ok(!number)).then_some(number)
}
