//! What a program calls itself among others on one database, and what the one before it in the same data folder called
//! itself: whoever finds it dead goes on with its work at once, and need not wait for its leases to end (rule D6).
//!
//! A name is never used twice, so that a folder that was copied elsewhere is no danger to the program it was copied from
//! for longer than one start.

use std::fs::File;
use std::io::{Read, Result, Seek, Write};
use std::path::Path;

/// The file of the data folder that holds the name; locked as long as its program lives.
const FILE: &str = "node";
/// How long a name is, in characters.
const NAME_CHARS: usize = 32;

/// A program in its data folder.
#[derive(Debug)]
pub struct Node {
    /// What it calls itself.
    pub name: String,
    /// What the dead one before it called itself, if there was one.
    pub former: Option<String>,
    /// Held for its lock; none where another program lives in the same folder.
    _lock: Option<File>,
}

impl Node {
    /// A name for this program.
    pub fn new_name() -> String {
        format!("{:0NAME_CHARS$x}", u128::from_be_bytes(model::clock::random_bytes()))
    }

    /// Takes a name, and learns that of the dead one before.
    ///
    /// # Errors
    /// If the folder cannot be read or written.
    pub fn enter(folder: &Path) -> Result<Node> {
        let name = Node::new_name();
        let path = folder.join(FILE);
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        if file.try_lock().is_err() {
            return Ok(Node { name, former: None, _lock: None });
        }
        let mut former = String::new();
        file.read_to_string(&mut former)?;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(name.as_bytes())?;
        let is_name = former.len() == NAME_CHARS && former.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(Node { name, former: is_name.then_some(former), _lock: Some(file) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule D6
    #[test]
    fn a_program_learns_the_name_of_the_dead_one_before_it_and_of_no_living_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let enter = || Node::enter(folder.path()).expect("a name");
        let first = enter();
        assert_eq!((first.name.len(), first.former.as_deref()), (NAME_CHARS, None));
        let beside = enter();
        assert_eq!(beside.former, None, "the first one lives");
        assert_ne!(beside.name, first.name);
        let name = first.name.clone();
        drop((first, beside));
        let next = enter();
        assert_eq!(next.former, Some(name));
        drop(next);
        std::fs::write(folder.path().join(FILE), "what somebody wrote").expect("written");
        assert_eq!(enter().former, None);
    }
}
