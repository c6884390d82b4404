//! A coach's practice: how it begins, what its coach says and sells, how it is found, and what clients accept.

use std::collections::{BTreeMap, HashSet};

use model::booking::{self, Wish};
use model::coach::directory::{self, Choices, directory_among};
use model::coach::profile::{About, Headline, Speciality};
use model::coach::{self, NewProfile, Profile, Search, directory as look_up};
use model::event::{self, Actor, Via};
use model::offering::{self, Draft, Name, Offering, PlaceDetail, QuestionText};
use model::session::{self, CallOff, Reason};
use model::world::{ADA, ADA_BEN, ADA_HOUR, ADA_INTRO, BEN, CARA, FINN, FINN_HOUR, LEA, OTTO, PEOPLE, World};
use model::{Db, Error, Result, Tx, agreement, args, availability, person};
use rules::availability::{Minute, Range, Ranges, Week};
use rules::ids::PersonId;
use rules::money::{Currency, Money, Percent};
use rules::permission::{Action, Role, Roles};
use rules::person::{Language, MailAddress, PersonName};
use rules::refusal::{Problem, Refusal};
use rules::session::{Cause, PlaceKind, SessionKind};
use rules::spoken::Spoken;
use rules::terms::{AgreementKind, Shares};
use rules::text::{Line, Slug};
use rules::time::Span;

fn acting(person: PersonId) -> Actor {
    let somebody = PEOPLE.iter().find(|somebody| somebody.id == person).expect("one of the small world");
    Actor::Person { who: somebody.who(), via: Via::Page, proof: None }
}

async fn write<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.write(f).await.expect("a write")
}

async fn read<T: Send + 'static>(db: &Db, f: impl Fn(&mut Tx) -> Result<T> + Send + 'static) -> T {
    db.read(f).await.expect("a read")
}

fn refused<T>(outcome: Result<T>) -> Option<Refusal> {
    match outcome {
        Err(Error::Refused(refusal)) => Some(refusal),
        _ => None,
    }
}

fn invalid(field: &'static str, problem: Problem) -> Option<Refusal> {
    Some(Refusal::invalid(field, problem))
}

fn line<const MOST: u32>(text: &str) -> Line<MOST> {
    Line::parse(text).expect(text)
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect(text)
}

fn spoken(tag: &str) -> Spoken {
    Spoken::from_tag(tag).expect(tag)
}

/// Somebody new, whom Otto makes a coach.
async fn new_coach(db: &Db, name: &'static str, mail: &'static str) -> Profile {
    write(db, move |tx| {
        let new = person::New {
            name: PersonName::parse(name).expect(name),
            mail: MailAddress::parse(mail).expect(mail),
            roles: Role::Coach.into(),
            zone: None,
            zone_known: false,
            language: None,
            slug: None,
        };
        let made = person::add(tx, &acting(OTTO), &new)?;
        coach::profile_of(tx, made.id)
    })
    .await
}

async fn themselves(db: &Db, id: PersonId) -> Actor {
    let who = read(db, move |tx| Ok(person::get(tx, id)?.who())).await;
    Actor::Person { who, via: Via::Page, proof: None }
}

/// What the audit log says last.
async fn last_event(db: &Db) -> (String, serde_json::Value) {
    let events = read(db, |tx| event::audit(tx, &acting(OTTO), &event::Filter::default(), 1)).await;
    let last = events.into_iter().next().expect("an event");
    (last.kind, last.facts)
}

fn kept(it: &mut Draft, shares: [u8; 3]) {
    let [early, between, late] = shares.map(|share| Percent::new(share).expect("a share"));
    it.kept = Shares { early, between, late };
}

fn by_phone(it: &mut Draft, detail: &str) {
    (it.place, it.place_detail) = (PlaceKind::Phone, line(detail));
    it.questions.iter_mut().for_each(|(_, required)| *required = false);
}

fn paid_hour() -> Draft {
    Draft {
        kind: SessionKind::OneToOne,
        name: line("Walking hour"),
        about: line("Outdoors, by the lake"),
        policy: rules::offering::Policy::usual(rules::session::Minutes::new(60).expect("a length")),
        price: Money::new(9_000, Currency::EUR),
        place: PlaceKind::Address,
        place_detail: line("Boathouse, Lake Road 3"),
        kept: rules::terms::Terms::DEFAULT.kept,
        active: true,
        questions: vec![(line("What brings you here?"), true), (line("Anything else?"), false)],
    }
}

fn names(cards: &[coach::Card]) -> Vec<&str> {
    cards.iter().map(|card| card.profile.name.as_str()).collect()
}

model::on_both! {
    // Rules C1, C2, A1
    async fn whoever_becomes_a_coach_has_a_practice_that_needs_little(world: World) {
        let db = &world.db;
        let profile = new_coach(db, "Zoë Ørsted", "zoe@cairn.example").await;
        assert_eq!((profile.slug.as_str(), profile.listed), ("zoe-orsted", false));
        let (id, zoe) = (profile.person, profile.zone.clone());
        assert_eq!(zoe.as_str(), "Europe/Berlin", "the organisation's, until she says hers");
        let (offerings, bookable, hours) = read(db, move |tx| {
            Ok((offering::of_coach(tx, id)?, offering::active(tx, id)?, availability::hours(tx, id, None)?))
        }).await;
        let is: Vec<_> = offerings.iter().map(|it| (it.kind, it.policy.minutes.get(), it.price.minor, it.active)).collect();
        assert_eq!(is, [
            (SessionKind::Intro, 15, 0, true),
            (SessionKind::OneToOne, 30, 0, false),
            (SessionKind::OneToOne, 45, 0, false),
            (SessionKind::OneToOne, 60, 0, false),
        ]);
        assert_eq!(bookable.len(), 1, "what is paid waits for its price");
        assert!(offerings.iter().all(|it| it.kept == rules::terms::Terms::DEFAULT.kept));
        let nine_to_five = "09:00".parse::<Minute>().ok().zip("17:00".parse().ok()).and_then(|(a, b)| Range::new(a, b));
        assert_eq!(hours.week, Week::working_days(&Ranges::from(nine_to_five.expect("a range"))));
        // Another of the same name has an address of her own; and nobody begins twice.
        assert_eq!(new_coach(db, "Zoe Orsted", "zoe2@cairn.example").await.slug, "zoe-orsted-2");
        write(db, move |tx| person::set_roles(tx, &acting(OTTO), id, Roles::from(Role::Client))).await;
        write(db, move |tx| person::set_roles(tx, &acting(OTTO), id, Roles::from(Role::Coach).with(Role::Client))).await;
        assert_eq!(read(db, move |tx| offering::of_coach(tx, id)).await, offerings);
        // What they sell has its names in the coach's own language.
        let new = person::New {
            name: PersonName::parse("Jana Vogt").expect("a name"),
            mail: MailAddress::parse("jana@cairn.example").expect("an address"),
            roles: Roles::from(Role::Coach),
            zone: None,
            zone_known: true,
            language: Some(Language::German),
            slug: None,
        };
        let jana = write(db, move |tx| person::add(tx, &acting(OTTO), &new)).await.id;
        let named = read(db, move |tx| offering::of_coach(tx, jana)).await;
        let names: Vec<&str> = named.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Kennenlernen", "Kurze Sitzung", "Sitzung", "Lange Sitzung"]);
        // A client who becomes a coach begins then.
        write(db, |tx| person::set_roles(tx, &acting(OTTO), BEN, Roles::from(Role::Client).with(Role::Coach))).await;
        assert_eq!(read(db, |tx| coach::profile_of(tx, BEN)).await.slug, "ben-orle");
    }

    // Rules C1, P5
    async fn a_coach_says_what_their_page_says_and_the_log_what_changed(world: World) {
        let db = &world.db;
        let new = || NewProfile {
            slug: Some(slug("ada")),
            headline: Some(line("Say it kindly")),
            languages: Some(vec![spoken("sv"), spoken("en"), spoken("sv")]),
            specialities: Some(vec![line("Conflict, early"), line("First team"), line("first TEAM"), line("")]),
            ..NewProfile::default()
        };
        let profile = write(db, move |tx| coach::change_profile(tx, &acting(ADA), &new())).await;
        assert_eq!((profile.slug.as_str(), profile.headline.as_str()), ("ada", "Say it kindly"));
        assert_eq!(profile.languages, [spoken("sv"), spoken("en")], "in her order, each once");
        assert_eq!(profile.specialities, ["Conflict, early", "First team"]);
        assert_eq!(profile.credentials, "PCC", "what was not said stays");
        let (kind, facts) = last_event(db).await;
        assert_eq!(kind, "practice_changed");
        assert_eq!(facts["slug"], serde_json::json!({ "from": "ada-lindholm", "to": "ada" }));
        assert_eq!(facts["headline"], "changed", "what somebody typed is not in the log");
        assert!(!facts.to_string().contains("kindly"));
        // The old address leads to her still, and is nobody else's.
        for address in ["ada", "ada-lindholm"] {
            let found = read(db, move |tx| coach::by_slug(tx, address)).await;
            assert_eq!((found.person, found.slug.as_str()), (ADA, "ada"));
        }
        for taken in ["ada", "ada-lindholm"] {
            let new = move || NewProfile { slug: Some(slug(taken)), ..NewProfile::default() };
            let outcome = db.write(move |tx| coach::change_profile(tx, &acting(FINN), &new())).await;
            assert_eq!(refused(outcome), invalid("slug", Problem::Taken));
        }
        let back = || NewProfile { slug: Some(slug("ada-lindholm")), ..NewProfile::default() };
        assert_eq!(write(db, move |tx| coach::change_profile(tx, &acting(ADA), &back())).await.slug, "ada-lindholm");
        // The same again is no change.
        let before = last_event(db).await;
        write(db, move |tx| coach::change_profile(tx, &acting(ADA), &back())).await;
        assert_eq!(last_event(db).await, before);
        let many = || NewProfile {
            specialities: Some((0..13).map(|n| line(&format!("Thing {n}"))).collect()),
            ..NewProfile::default()
        };
        let outcome = db.write(move |tx| coach::change_profile(tx, &acting(ADA), &many())).await;
        assert_eq!(refused(outcome), invalid("specialities", Problem::TooMany { most: 12 }));
    }

    // Rules C2, P3, P4
    async fn a_practice_is_its_coachs_alone(world: World) {
        let db = &world.db;
        for (who, expect) in [
            (OTTO, Refusal::MayNot { action: Action::EditPractice }),
            (FINN, Refusal::NotFound),
            (LEA, Refusal::NotFound),
            (BEN, Refusal::NotFound),
            (CARA, Refusal::NotFound),
        ] {
            let outcome = db.write(move |tx| offering::change(tx, &acting(who), ADA_HOUR, &paid_hour())).await;
            assert_eq!(refused(outcome), Some(expect.clone()), "{who}");
            let outcome = db.write(move |tx| offering::retire(tx, &acting(who), ADA_HOUR)).await;
            assert_eq!(refused(outcome), Some(expect.clone()), "{who}");
            let outcome = db.write(move |tx| offering::create(tx, &acting(who), ADA, &paid_hour())).await;
            assert_eq!(refused(outcome), Some(expect.clone()), "{who}");
            let outcome = db.write(move |tx| {
                availability::set_week(tx, &acting(who), ADA, None, &Week::default())
            }).await;
            assert_eq!(refused(outcome), Some(expect), "{who}");
        }
        for (who, seen) in [(ADA, true), (OTTO, true), (FINN, false), (BEN, false)] {
            assert_eq!(coach::may_see(&acting(who), ADA).is_ok(), seen, "{who}");
        }
        for who in [BEN, CARA, LEA] {
            let outcome = db.write(move |tx| coach::unlist(tx, &acting(who))).await;
            assert_eq!(refused(outcome), Some(Refusal::NotFound), "{who} has no practice");
        }
    }

    // Rules C2, C5, P5
    async fn an_offering_has_all_its_fields_and_each_change_is_in_the_log(world: World) {
        let db = &world.db;
        let made = write(db, |tx| offering::create(tx, &acting(ADA), ADA, &paid_hour())).await;
        let found = read(db, move |tx| offering::get(tx, made.id)).await;
        assert_eq!(found, made);
        assert_eq!((found.place.kind, found.place.detail.as_str()), (PlaceKind::Address, "Boathouse, Lake Road 3"));
        let asked: Vec<_> = found.questions.iter().map(|it| (it.no, it.text.as_str(), it.required)).collect();
        assert_eq!(asked, [(1, "What brings you here?", true), (2, "Anything else?", false)]);
        assert_eq!(last_event(db).await.0, "offering_added");
        let other = |found: &Offering| {
            let mut draft = Draft::of(found);
            draft.price = Money::new(12_000, Currency::USD);
            draft.kept = Shares { between: Percent::ALL, ..found.kept };
            draft.policy.daily_cap = Some(5);
            draft.name = line("Long walk");
            draft
        };
        let changed = write(db, move |tx| offering::change(tx, &acting(ADA), found.id, &other(&found))).await;
        assert_eq!((changed.price.to_string().as_str(), changed.policy.daily_cap), ("120.00 USD", Some(5)));
        assert_eq!(changed.kept.between, Percent::ALL);
        let (kind, facts) = last_event(db).await;
        assert_eq!(kind, "offering_changed");
        assert_eq!(facts["price"], serde_json::json!({ "from": "90.00 EUR", "to": "120.00 USD" }));
        assert_eq!(facts["daily_cap"], serde_json::json!({ "from": null, "to": 5 }));
        assert_eq!(facts["name"], "changed");
        assert!(facts.get("minutes").is_none(), "only what differs: {facts}");
        // Terms are copied to bookings by value; other shares are other terms, the old ones stay as they are.
        assert_eq!(read(db, |tx| offering::get(tx, ADA_HOUR)).await.kept.between, Percent::HALF);
        let id = changed.id;
        write(db, move |tx| offering::retire(tx, &acting(ADA), id)).await;
        let left = read(db, |tx| offering::of_coach(tx, ADA)).await;
        assert!(left.iter().all(|it| it.id != id) && left.len() == 4);
        let outcome = db.write(move |tx| offering::change(tx, &acting(ADA), id, &paid_hour())).await;
        assert_eq!(refused(outcome), Some(Refusal::NotFound), "what is over stays over");
    }

    // Rules C2, C3, C5
    async fn what_cannot_be_is_refused_by_its_field(world: World) {
        let check = async |change: fn(&mut Draft), field: &'static str, problem: Problem| {
            let outcome = world.db.write(move |tx| {
                let mut draft = paid_hour();
                change(&mut draft);
                offering::create(tx, &acting(ADA), ADA, &draft)
            }).await;
            assert_eq!(refused(outcome), invalid(field, problem), "{field}");
        };
        check(|it| it.name = Name::default(), "name", Problem::Missing).await;
        check(|it| it.kind = SessionKind::Pod, "kind", Problem::NotAChoice).await;
        check(|it| it.kind = SessionKind::Intro, "price", Problem::OutOfRange { least: 0, most: 0 }).await;
        check(|it| it.price.minor = -1, "price", Problem::OutOfRange { least: 0, most: 10_000_000_000 }).await;
        check(|it| it.policy.window_days = 731, "window_days", Problem::OutOfRange { least: 1, most: 730 }).await;
        check(|it| it.policy.daily_cap = Some(0), "daily_cap", Problem::OutOfRange { least: 1, most: 96 }).await;
        check(
            |it| it.policy.notice = jiff::SignedDuration::from_hours(24 * 91),
            "notice",
            Problem::OutOfRange { least: 0, most: 2_160 },
        ).await;
        check(|it| it.place_detail = PlaceDetail::default(), "place_detail", Problem::Missing).await;
        check(|it| it.place = PlaceKind::Link, "place_detail", Problem::NotALink).await;
        check(|it| kept(it, [80, 50, 100]), "keep_between", Problem::OutOfRange { least: 80, most: 100 }).await;
        check(|it| kept(it, [0, 50, 10]), "keep_late", Problem::OutOfRange { least: 50, most: 100 }).await;
        check(|it| by_phone(it, ""), "place_detail", Problem::NoNumber).await;
        check(|it| by_phone(it, "I call you at 10"), "place_detail", Problem::NoNumber).await;
        check(|it| it.questions = vec![(QuestionText::default(), true)], "questions", Problem::Missing).await;
        check(|it| it.questions = vec![(line("Why?"), true); 11], "questions", Problem::TooMany { most: 10 }).await;
        // Rule B1
        let two = Problem::TooManyRequired { most: 1 };
        check(|it| it.questions = vec![(line("Why?"), true); 2], "questions", two).await;
        let outcome = world.db.write(|tx| {
            let draft = Draft { kind: SessionKind::Intro, price: Money::zero(Currency::EUR), ..paid_hour() };
            offering::change(tx, &acting(ADA), ADA_HOUR, &draft)
        }).await;
        assert_eq!(refused(outcome), invalid("kind", Problem::NotAChoice), "an offering keeps its kind");
    }

    // Rule C1
    async fn the_directory_shows_who_lists_themselves_and_can_be_booked(world: World) {
        let db = &world.db;
        let shown = async |search: Search| {
            let cards = read(db, move |tx| {
                let cards = look_up(tx, &search, 10)?;
                assert_eq!(directory::count(tx, &search)?, cards.len() as i64);
                Ok(cards)
            }).await;
            cards.into_iter().map(|card| card.profile.name).collect::<Vec<_>>()
        };
        assert_eq!(shown(Search::default()).await, ["Ada Lindholm", "Finn Walsh"]);
        assert_eq!(read(db, |tx| directory::slugs(tx, 10)).await, ["ada-lindholm", "finn-walsh"]);
        assert_eq!(read(db, |tx| directory::slugs(tx, 1)).await, ["ada-lindholm"]);
        write(db, |tx| coach::unlist(tx, &acting(ADA))).await;
        assert_eq!(last_event(db).await.0, "listing_changed");
        assert_eq!(shown(Search::default()).await, ["Finn Walsh"]);
        // Whoever knows her address finds her page.
        assert_eq!(read(db, |tx| coach::by_slug(tx, "ada-lindholm")).await.person, ADA);
        // A page without a word about its coach is none to list.
        let outcome = db.write(|tx| coach::list(tx, &acting(ADA))).await;
        assert_eq!(refused(outcome), Some(Refusal::invalid("about", Problem::Missing)));
        let about = NewProfile { about: Some(About::parse("Asks first.").expect("words")), ..NewProfile::default() };
        write(db, move |tx| coach::change_profile(tx, &acting(ADA), &about)).await;
        write(db, |tx| coach::list(tx, &acting(ADA))).await;
        assert_eq!(shown(Search::default()).await, ["Ada Lindholm", "Finn Walsh"]);
        // A closed account, or a coach who coaches no more, is in no list and has no page.
        write(db, |tx| tx.exec("UPDATE session SET cancelled_at = 0, cancelled_cause = 'coach'", args![])).await;
        write(db, |tx| person::close(tx, &acting(OTTO), FINN)).await;
        write(db, |tx| person::set_roles(tx, &acting(OTTO), ADA, Roles::from(Role::Client))).await;
        assert!(shown(Search::default()).await.is_empty());
        for address in ["ada-lindholm", "finn-walsh", "nobody"] {
            let outcome = db.read(move |tx| coach::by_slug(tx, address)).await;
            assert_eq!(refused(outcome), Some(Refusal::NotFound), "{address}");
        }
        // Nothing to book, nothing to list.
        let profile = new_coach(db, "Zoë Ørsted", "zoe@cairn.example").await;
        let zoe = themselves(db, profile.person).await;
        let by = zoe.clone();
        write(db, move |tx| {
            for it in offering::active(tx, profile.person)? {
                offering::retire(tx, &by, it.id)?;
            }
            Ok(())
        }).await;
        let outcome = db.write(move |tx| coach::list(tx, &zoe)).await;
        assert_eq!(refused(outcome), Some(Refusal::NothingToBook));
    }

    // Rule C1
    async fn coaches_are_found_by_words_speciality_language_and_price(world: World) {
        let db = &world.db;
        write(db, |tx| coach::change_profile(tx, &acting(FINN), &NewProfile {
            headline: Some(Headline::parse("Für Ingenieure, die ein Team führen").expect("a line")),
            specialities: Some(vec![Speciality::parse("Résumé reviews").expect("a line")]),
            languages: Some(vec![spoken("de"), spoken("en")]),
            ..NewProfile::default()
        })).await;
        write(db, |tx| {
            let mut draft = Draft::of(&offering::get(tx, FINN_HOUR)?);
            draft.price = Money::new(4_000, Currency::USD);
            offering::change(tx, &acting(FINN), FINN_HOUR, &draft)
        }).await;
        let check = async |search: Search, expect: &[&str]| {
            let among: HashSet<PersonId> = [ADA, FINN].into();
            let asked = search.clone();
            let cards = read(db, move |tx| {
                let cards = look_up(tx, &search, 10)?;
                assert_eq!(directory_among(tx, &search, &among, 10)?, cards);
                if search.after.is_none() {
                    assert_eq!(directory::count_among(tx, &search, &among)?, cards.len() as i64);
                }
                assert_eq!(directory_among(tx, &search, &HashSet::new(), 10)?, []);
                Ok(cards)
            }).await;
            assert_eq!(names(&cards), expect, "{asked:?}");
        };
        let text = |text: &str| Search { text: text.to_owned(), ..Search::default() };
        check(text("fur INGENIEURE"), &["Finn Walsh"]).await;
        check(text("lindholm calm"), &["Ada Lindholm"]).await;
        check(text("lindholm ingenieure"), &[]).await;
        check(text("100%"), &[]).await;
        check(text("  "), &["Ada Lindholm", "Finn Walsh"]).await;
        let speciality = |name: &str| Search { speciality: Some(name.to_owned()), ..Search::default() };
        check(speciality("resume reviews"), &["Finn Walsh"]).await;
        check(speciality("resume"), &[]).await;
        let language = |tag| Search { language: Some(spoken(tag)), ..Search::default() };
        check(language("en"), &["Ada Lindholm", "Finn Walsh"]).await;
        check(language("de"), &["Finn Walsh"]).await;
        let price = |minor, currency| Search { price_most: Some(Money::new(minor, currency)), ..Search::default() };
        check(price(6_000, Currency::EUR), &["Ada Lindholm", "Finn Walsh"]).await;
        check(price(5_999, Currency::EUR), &[]).await;
        check(price(4_000, Currency::USD), &["Finn Walsh"]).await;
        check(Search { after: Some("ada-lindholm".to_owned()), ..Search::default() }, &["Finn Walsh"]).await;
        let first = read(db, |tx| look_up(tx, &Search::default(), 1)).await;
        assert_eq!(names(&first), ["Ada Lindholm"]);
        assert_eq!((first[0].price_from, first[0].has_intro), (Some(Money::new(6_000, Currency::EUR)), true));
        let choices = read(db, directory::choices).await;
        assert_eq!(choices, Choices {
            specialities: vec!["leadership".to_owned(), "Résumé reviews".to_owned()],
            languages: vec![spoken("de"), spoken("en")],
            currencies: vec![Currency::EUR, Currency::USD],
        });
        // A new name is found by the new name.
        write(db, |tx| person::change_profile(tx, &acting(ADA), &person::Profile {
            name: Some(PersonName::parse("Ada Sjöberg").expect("a name")),
            ..person::Profile::default()
        })).await;
        check(text("sjoberg"), &["Ada Sjöberg"]).await;
        check(text("lindholm"), &[]).await;
    }

    // Rule P9
    async fn an_agreement_has_versions_and_each_is_accepted_for_itself(world: World) {
        let db = &world.db;
        let kind = AgreementKind::Coaching;
        let needed = async |language| read(db, move |tx| agreement::needs(tx, BEN, kind, language)).await;
        assert_eq!(needed(Language::English).await, None, "nothing was ever published");
        let texts = |english: &str, german: &str| -> BTreeMap<Language, agreement::Text> {
            let text = |text: &str| agreement::Text::parse(text).expect("a text");
            [(Language::English, text(english)), (Language::German, text(german))].into()
        };
        let publish = async |english: &'static str, german: &'static str| {
            write(db, move |tx| agreement::publish(tx, &acting(OTTO), kind, &texts(english, german))).await
        };
        for who in [ADA, LEA, BEN, CARA] {
            let outcome = db.write(move |tx| agreement::publish(tx, &acting(who), kind, &texts("a", "b"))).await;
            let expect = Refusal::MayNot { action: Action::PublishAgreements };
            assert_eq!(refused(outcome), Some(expect), "{who}");
        }
        publish("We meet on time.", "Wir sind pünktlich.").await;
        assert_eq!(last_event(db).await.0, "agreement_published");
        let german = needed(Language::German).await.expect("Ben has accepted nothing");
        assert_eq!((german.version, german.text.as_str()), (1, "Wir sind pünktlich."));
        let id = german.id;
        for _ in 0..2 {
            write(db, move |tx| agreement::accept(tx, &acting(BEN), BEN, id)).await;
        }
        let accepted = read(db, |tx| {
            let filter = event::Filter { kind: Some("agreement_accepted".to_owned()), ..Default::default() };
            event::audit(tx, &acting(OTTO), &filter, 10)
        }).await;
        assert_eq!(accepted.len(), 1, "once is enough");
        assert_eq!(needed(Language::English).await, None, "a version is accepted in whatever language");
        publish("We meet on time.", "Wir sind pünktlich.").await;
        assert_eq!(needed(Language::English).await, None, "the same texts are no new version");
        publish("We meet on time, and tell nobody.", "Wir sind pünktlich und schweigen.").await;
        let english = needed(Language::English).await.expect("another version holds");
        assert_eq!((english.version, english.language), (2, Language::English));
        assert_eq!(read(db, move |tx| agreement::get(tx, id)).await.version, 1, "what was accepted stays readable");
        // A version in one language is shown to everybody.
        write(db, move |tx| {
            let only = [(Language::German, agreement::Text::parse("Neu.").expect("a text"))].into();
            agreement::publish(tx, &acting(OTTO), kind, &only)
        }).await;
        assert_eq!(needed(Language::English).await.map(|it| it.text), Some("Neu.".to_owned()));
    }

    // Rules C3, P5
    async fn a_coach_grants_another_intro_and_nobody_else_does(world: World) {
        let db = &world.db;
        let may = async || read(db, |tx| booking::may_have_intro(tx, ADA, BEN)).await;
        assert!(may().await, "there was none yet");
        let first = read(db, |tx| {
            let within = Span::of(tx.now(), jiff::SignedDuration::from_hours(24 * 7));
            Ok(booking::slots(tx, ADA_INTRO, within)?[0])
        }).await;
        write(db, move |tx| booking::book(tx, &acting(BEN), &Wish::plain(ADA_INTRO, first))).await;
        db.clock().advance(jiff::SignedDuration::from_hours(24 * 7));
        assert!(!may().await, "it has been");
        for (who, expect) in [
            (OTTO, Refusal::MayNot { action: Action::EditPractice }),
            (FINN, Refusal::NotFound),
            (BEN, Refusal::NotFound),
        ] {
            let outcome = db.write(move |tx| booking::grant_intro(tx, &acting(who), ADA, BEN)).await;
            assert_eq!(refused(outcome), Some(expect), "{who}");
        }
        let outcome = db.write(|tx| booking::grant_intro(tx, &acting(ADA), ADA, CARA)).await;
        assert_eq!(refused(outcome), Some(Refusal::NotFound), "Cara is no client of hers");
        for _ in 0..2 {
            write(db, |tx| booking::grant_intro(tx, &acting(ADA), ADA, BEN)).await;
        }
        assert_eq!(last_event(db).await.0, "intro_granted");
        assert!(may().await);
        let next = read(db, |tx| {
            let within = Span::of(tx.now(), jiff::SignedDuration::from_hours(24 * 7));
            Ok(booking::slots(tx, ADA_INTRO, within)?[0])
        }).await;
        let booked = write(db, move |tx| booking::book(tx, &acting(BEN), &Wish::plain(ADA_INTRO, next))).await;
        assert!(!may().await, "one grant is one intro");
        let off = CallOff { client: None, cause: Cause::Client, reason: Reason::default(), expect: None };
        write(db, move |tx| session::call_off(tx, &acting(BEN), booked, &off)).await;
        assert!(may().await, "cancelled it is not used up");
    }

    async fn the_small_world_can_be_booked(world: World) {
        let (intro, count) = read(&world.db, |tx| {
            let sql = "SELECT COUNT(*) FROM hours WHERE coach_id = $1";
            let hours = tx.one(sql, args![ADA], |row| row.get::<i64>(0))?;
            assert!(session::get(tx, ADA_BEN)?.facts.time.is_some());
            Ok((offering::get(tx, ADA_INTRO)?, hours))
        }).await;
        assert!(intro.active && !intro.is_paid() && intro.kind == SessionKind::Intro);
        assert_eq!(count, 5);
    }
}
