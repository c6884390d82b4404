//! What the numbers were measured on: without it they mean nothing.

use std::fs::File;
use std::io::Write;

use model::clock::Stopwatch;

/// Lines that describe this machine.
pub(crate) fn describe() -> Vec<String> {
    vec![
        format!("{} × {}", cores(), field("/proc/cpuinfo", "model name")),
        format!("memory {}", field("/proc/meminfo", "MemTotal")),
        format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
        format!("one synced append of 4 KiB takes {} µs (median of 300)", sync_micros()),
        format!(
            "build: {}",
            if cfg!(debug_assertions) { "debug: these numbers mean little" } else { "release" }
        ),
    ]
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':'])).trim().to_owned()
}

/// What the disk takes for the least that a durable write needs.
fn sync_micros() -> u128 {
    let folder = tempfile::TempDir::new().expect("a folder to measure in");
    let mut file = File::create(folder.path().join("sync")).expect("a file to measure with");
    let mut times: Vec<u128> = (0..300)
        .map(|_| {
            let watch = Stopwatch::start();
            file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("writing");
            watch.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}
