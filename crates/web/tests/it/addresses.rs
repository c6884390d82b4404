//! What members of a group learn of each other: names, and no address, wherever they look (rule G5).

use model::event::Actor as By;
use model::program::{self, Joining, NewPod};
use model::session::{self, PlannedWish};
use model::world::{ADA, BEN, BEN_AT_NORTHWIND, NORTHWIND_COHORT, POD_STEP};
use model::{args, on_both};
use rules::ids::{PersonId, PodId, SessionId};

use crate::app::TestApp;

const KIMS: &str = "kim@elsewhere.example";

/// A pod of Ben's and Kim's with a date, and its session.
async fn pod(app: &TestApp) -> (PodId, SessionId) {
    let made = app.db().write(|tx| {
        let (kim, now): (PersonId, _) = (tx.new_id(), tx.now());
        tx.exec(
            "INSERT INTO person (id, name, folded_name, mail, folded_mail, zone, zone_known, language, hour_style,
                 created_at)
             VALUES ($1, 'Kim Sato', 'kim sato', $2, $2, 'UTC', $3, 'en', 'h24', $4)",
            args![kim, KIMS, true, now],
        )?;
        tx.exec("INSERT INTO person_role (person_id, role, granted_at) VALUES ($1, 'client', $2)", args![kim, now])?;
        let by = By::Operator;
        let theirs = program::add_participant(tx, &by, NORTHWIND_COHORT, kim, ADA)?;
        tx.exec("UPDATE pathway SET ordered = $1", args![false])?;
        let new = NewPod {
            cohort: NORTHWIND_COHORT,
            step: POD_STEP,
            name: "Tuesday circle".to_owned(),
            facilitator: ADA,
            min_members: 2,
            max_members: 4,
            joining: Joining::Open,
        };
        let pod = program::add_pod(tx, &by, &new)?;
        for member in [BEN_AT_NORTHWIND, theirs] {
            program::start_journey(tx, &by, member)?;
            program::join_pod(tx, &by, pod, member)?;
        }
        let session: SessionId =
            tx.one("SELECT id FROM session WHERE pod_id = $1", args![pod], |row| row.get(0))?;
        let then = "2026-03-12T10:00:00Z".parse().expect("a time");
        session::book_planned(tx, &by, session, &PlannedWish::at(then))?;
        Ok((pod, session))
    });
    made.await.expect("a pod")
}

on_both! {
    // Rule G5
    async fn no_member_reads_the_address_of_another_anywhere(app: TestApp) {
        let (pod, session) = pod(&app).await;
        app.run_jobs().await;
        let pages = [
            "/".to_owned(),
            "/sessions".to_owned(),
            "/notifications".to_owned(),
            "/messages".to_owned(),
            format!("/pods/{pod}"),
            format!("/sessions/{session}"),
            format!("/sessions/{session}/calendar.ics"),
        ];
        for path in &pages {
            let page = app.ben().get(path).await.expect(200).text();
            assert!(!page.contains(KIMS), "{path}: {page}");
        }
        let of_interface = [
            "/api/v1/sessions".to_owned(),
            "/api/v1/notifications".to_owned(),
            format!("/api/v1/sessions/{session}"),
            format!("/api/v1/sessions/{session}/timeline"),
            format!("/api/v1/pods/{pod}"),
        ];
        for path in &of_interface {
            let answer = app.api(BEN).get(path).await.expect(200).text();
            assert!(!answer.contains(KIMS), "{path}: {answer}");
        }
    }
}
