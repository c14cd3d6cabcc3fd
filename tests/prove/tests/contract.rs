//! What `scripts/prove contract` does, for a minute.

use prove::contract;
use testkit::Engine;

#[test]
fn every_answer_is_as_the_contract_says() {
    let work = tempfile::tempdir().unwrap();
    contract::run(&contract::Plan {
        cases: 300,
        engine: Engine::Sqlite,
        seed: 1,
        callers: vec!["unlocked".to_owned()],
        work: work.path().to_owned(),
    })
    .assert();
}
