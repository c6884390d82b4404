//! One schema on both engines.

use model::testing::{Engine, Store, schema};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_schema() {
    let (sqlite, postgres) = (Store::new(Engine::Sqlite), Store::new(Engine::Postgres));
    let (sqlite, postgres) = (schema(&sqlite.open().await).await, schema(&postgres.open().await).await);
    let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
    let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "only SQLite: {only_sqlite:#?}, only PostgreSQL: {only_postgres:#?}"
    );
    // The comparison sees something.
    for line in
        ["clock.offset_ms number", "clock key (id)", "person.zone_known flag", "person unique (folded_mail)"]
    {
        assert!(sqlite.contains(line), "{line} in {sqlite:#?}");
    }
}
