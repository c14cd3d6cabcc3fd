//! The kept corpus again, as an ordinary test: what once broke something or reached something new.

use std::path::{Path, PathBuf};

use fuzz_targets::TARGETS;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../data/fuzz")
        .join(target)
}

#[test]
fn every_kept_input_is_read_or_refused_in_good_order() {
    for (name, target) in TARGETS {
        let mut files: Vec<_> = std::fs::read_dir(folder(name))
            .unwrap_or_else(|error| panic!("{name} has no corpus: {error}"))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in &files {
            let data = std::fs::read(file).unwrap();
            let outcome = std::panic::catch_unwind(|| target(&data));
            assert!(outcome.is_ok(), "{} breaks {name}", file.display());
        }
        println!("{name}: {} inputs", files.len());
    }
}

#[test]
fn every_target_has_a_program_that_libfuzzer_runs() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        let program =
            std::fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("fuzz_targets::{name}(data)")));
    }
}
