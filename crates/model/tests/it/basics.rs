//! What every verb relies on: statements, rows, values, refusals, notices.

use model::db::{Db, Notice};
use model::{Error, args};
use rules::ids::PersonId;

async fn table(db: &Db) {
    db.write(|tx| {
        tx.exec("CREATE TABLE IF NOT EXISTS thing (id BIGINT PRIMARY KEY, name TEXT, flag BOOLEAN)", args![])
    })
    .await
    .unwrap();
}

model::on_both! {
    async fn values_go_in_and_come_out(db: Db) {
        table(&db).await;
        let id = db.write(|tx| {
            let id: PersonId = tx.new_id();
            tx.exec("INSERT INTO thing (flag, id, name) VALUES ($3, $1, $2)", args![id, "é", true])?;
            Ok(id)
        }).await.unwrap();
        let row = db.read(move |tx| {
            tx.one("SELECT id, name, flag FROM thing WHERE id = $1 AND name = $2 AND id = $1", args![id, "é"], |row| {
                Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<bool>(2)?))
            })
        }).await.unwrap();
        assert_eq!(row, (id, "é".to_owned(), true));
    }

    async fn many_rows_are_inserted_with_few_statements(db: Db) {
        table(&db).await;
        let changed = db.write(|tx| {
            let rows = (0..200).map(|n: i64| [n.into(), Some("x").into(), None::<bool>.into()]);
            tx.insert_many("INSERT INTO thing (id, name, flag)", rows, "ON CONFLICT DO NOTHING")
        }).await.unwrap();
        assert_eq!(changed, 200);
        let (n, flags) = db.read(|tx| tx.one("SELECT count(*), count(flag) FROM thing", args![], |row| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
        })).await.unwrap();
        assert_eq!((n, flags), (200, 0));
    }

    async fn a_failed_statement_undoes_everything(db: Db) {
        table(&db).await;
        let outcome = db.write(|tx| {
            tx.exec("INSERT INTO thing (id) VALUES (1)", args![])?;
            // A closure that shrugs at its failure does not get away with it.
            let failed = tx.exec("INSERT INTO nothing (id) VALUES (1)", args![]);
            assert!(failed.is_err());
            assert!(tx.exec("INSERT INTO thing (id) VALUES (2)", args![]).is_err());
            Ok(())
        }).await;
        assert!(matches!(outcome, Err(Error::Database { .. })), "{outcome:?}");
        assert!(!db.read(|tx| tx.exists("SELECT 1 FROM thing", args![])).await.unwrap());
    }

    async fn a_panic_fails_its_own_caller_only(db: Db) {
        table(&db).await;
        let outcome = db.write(|tx| {
            tx.exec("INSERT INTO thing (id) VALUES (1)", args![])?;
            if tx.now().millis() > 0 { panic!("on purpose") }
            Ok(())
        }).await;
        assert!(matches!(&outcome, Err(Error::Panicked { message }) if message == "on purpose"), "{outcome:?}");
        let read = db.read(|tx| if tx.now().millis() > 0 { panic!("on purpose") } else { Ok(()) }).await;
        assert!(matches!(read, Err(Error::Panicked { .. })), "{read:?}");
        db.write(|tx| tx.exec("INSERT INTO thing (id) VALUES (1)", args![])).await.unwrap();
        assert!(db.read(|tx| tx.exists("SELECT 1 FROM thing", args![])).await.unwrap());
    }

    // Rule P2
    async fn a_read_cannot_write(db: Db) {
        table(&db).await;
        let outcome = db.reader().read(|tx| tx.exec("INSERT INTO thing (id) VALUES (1)", args![])).await;
        assert!(matches!(outcome, Err(Error::Database { .. })), "{outcome:?}");
        db.read(|tx| tx.exists("SELECT 1 FROM thing", args![])).await.unwrap();
    }

    async fn notices_come_after_the_commit_and_only_then(db: Db) {
        table(&db).await;
        let mut notices = db.notices();
        let refused = db.write(|tx| {
            tx.notify("thing", 1);
            tx.one("SELECT id FROM thing", args![], |row| row.get::<i64>(0))
        }).await;
        assert!(matches!(refused, Err(Error::NoRow { .. })), "{refused:?}");
        db.write(|tx| { tx.notify("thing", 2); Ok(()) }).await.unwrap();
        assert_eq!(notices.try_recv().ok(), Some(Notice { topic: "thing", id: 2 }));
        assert!(notices.try_recv().is_err());
    }
}
