//! Names the missing step when the assets have not been built, instead of letting the embedding fail obscurely.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=templates");
    if !dist.join("manifest.json").is_file() {
        println!(
            "cargo::error=web/dist/manifest.json is missing: run `make web` first, it builds what the browser gets"
        );
    }
}
