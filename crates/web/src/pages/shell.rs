//! The frame of a page, from what is known of the visitor.

use model::organisation::Mode;
use model::person::Person;
use rules::permission::{Action, reach};

use crate::app::App;
use crate::shell::{ClockControl, Face, Flash, Notice, Place, Shell};
use crate::visitor::Visitor;

/// The frame of a page that stands under a link of the bar, or elsewhere.
pub fn of(visitor: &Visitor, mode: Mode, now: rules::time::Instant, title: &str, place: Place) -> Shell {
    let mut shell = Shell::public(visitor.language, title, visitor.here(), now);
    shell.brand.clone_from(&visitor.organisation.name);
    shell.notice = match mode {
        Mode::Serve => None,
        Mode::Trial => Some(Notice::Trial),
        Mode::Demo => Some(Notice::Demo),
    };
    // Whoever stands at the mailbox's own door decides; here it is only not offered to whom it would refuse.
    let reads_mails = visitor.who().is_some_and(|who| !reach(who.roles, Action::SeeMailQueue).is_none());
    shell.sees_mails = mode == Mode::Demo || reads_mails;
    let clockface = visitor.clockface();
    shell = shell.on(&clockface);
    let (toast, undo) = match visitor.toast.as_deref() {
        Some(toast) => {
            toast.split_once('!').map_or((Some(toast), None), |(key, undo)| (Some(key), Some(undo)))
        }
        None => (None, None),
    };
    // Whoever could plant a cookie makes nobody undo what is not offered to be undone.
    let is_undoing = |undo: &str| {
        undo.starts_with("/practice/")
            || (undo.starts_with("/sessions/") && undo.ends_with("/undo"))
            || (undo.starts_with("/journeys/") && undo.ends_with("/completion/removal"))
    };
    let undo = undo.filter(|undo| is_undoing(undo) && *undo == crate::forms::local(undo));
    let said = toast.and_then(|key| match key {
        "clock_moved" => Some((shell.t.shell.clock_moved)(&clockface.short(now, now), &shell.place)),
        key => shell.t.toasts.say(key).map(str::to_owned),
    });
    shell.flash = said.map(|text| Flash { text, undo: undo.map(str::to_owned) });
    if let Some(signed) = &visitor.signed {
        let may_move = mode.is_play() && !reach(signed.person.roles, Action::MoveClock).is_none();
        shell.clock = may_move.then(|| ClockControl::showing(clockface.long(now)));
        shell.tell_zone = !signed.person.zone_known;
        shell = shell.signed_in(face(&signed.person), signed.person.roles, place).telling(visitor.unread);
    }
    shell
}

/// The frame of an error. It says neither where the visitor is nor
/// what the time is: a foreign and an absent thing are answered with the same bytes (rule P4).
pub fn of_error(app: &App, visitor: &Visitor) -> Shell {
    let mut shell = of(visitor, app.mode(), app.now(), "", Place::Elsewhere);
    shell.zone.clear();
    "/".clone_into(&mut shell.here);
    shell.flash = None;
    shell.clock = None;
    shell
}

/// A person as they are shown.
pub fn face(person: &Person) -> Face {
    let photo = person.photo.as_ref().map(|photo| photo_address(person, photo));
    Face::new(person.name.clone(), photo)
}

/// A picture's address changes with the picture, so that browsers may keep it.
fn photo_address(person: &Person, photo: &str) -> String {
    let version = photo.rsplit('/').next().unwrap_or_default().get(..8).unwrap_or_default();
    format!("/people/{}/photo?v={version}", person.id)
}
