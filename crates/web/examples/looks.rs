//! Writes every page with its samples as HTML files into a folder, the assets beside them, to be looked at:
//! `cargo run --example looks -- FOLDER`, then any static file server in that folder.

use std::fs;
use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "looks".to_owned()));
    fs::create_dir_all(folder.join("assets"))?;
    let dist = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    for file in fs::read_dir(dist)? {
        let file = file?;
        fs::copy(file.path(), folder.join("assets").join(file.file_name()))?;
    }
    for (name, html) in web::views::samples() {
        fs::write(folder.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
