//! What `scripts/prove power` does, at its shortest.

use prove::power::{Plan, run};

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let outcome = run(Plan {
        states: 2_000,
        concerns: 120,
        lying_disk: false,
    });
    outcome.assert();
    // Nothing would be proved of the moments that matter most.
    assert!(
        outcome.figures["checkpoints"].as_u64() >= Some(2),
        "{outcome}"
    );
}

#[test]
fn a_disk_that_only_says_that_it_synced_is_found_out() {
    let outcome = run(Plan {
        states: 100,
        concerns: 16,
        lying_disk: true,
    });
    assert!(outcome.violation_count > 10, "{outcome}");
}
