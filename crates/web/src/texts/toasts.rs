//! What the next page says in passing after an act, by a key that travels in a cookie.

/// One language's sentences.
#[derive(Clone, Copy, Debug)]
pub struct Toasts(&'static [(&'static str, &'static str)]);

impl Toasts {
    /// The sentence for a key; none for one that this program never set.
    pub fn say(&self, key: &str) -> Option<&'static str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
    }
}

pub(super) const ENGLISH: Toasts = Toasts(&[
    ("profile_saved", "Saved."),
    ("photo_saved", "Your photo is in place."),
    ("photo_removed", "Your photo is gone."),
    ("password_saved", "Your password is saved. All other devices are signed out."),
    ("password_removed", "Your password is gone. A link by mail still signs you in."),
    ("device_signed_out", "That device is signed out."),
    ("token_made", "The token was made already. It was shown that one time."),
    ("token_revoked", "The token is good for nothing any more."),
    ("person_added", "The account is made, and its invitation is on its way."),
    ("coach_made", "Saved. Their next visit begins with setting up the practice."),
    ("roles_saved", "The roles are saved."),
    ("invitation_sent", "A link is on its way."),
    ("person_signed_out", "They are signed out everywhere."),
    ("person_closed", "The account is closed."),
    ("person_reopened", "The account is open again."),
    ("settings_saved", "The settings are saved."),
    ("practice_listed", "Your page is in the directory now."),
    (
        "practice_unlisted",
        "Your page is no longer in the directory. Whoever knows its address still finds it.",
    ),
    ("offering_added", "The offering is made."),
    ("offering_saved", "Saved. What is booked stays as it was booked."),
    ("offering_on", "Clients can book it now."),
    ("offering_off", "Nobody can book it any more. What is booked stays."),
    ("offering_retired", "The offering is gone. What is booked stays."),
    ("hours_saved", "Your hours are saved."),
    ("hours_saved_outside", "Saved. Some sessions stand outside your hours now: they are listed above."),
    ("day_saved", "That day is set."),
    ("day_dropped", "That day has its usual hours again."),
    ("time_off_added", "Your time off is set."),
    ("time_off_dropped", "You are not away after all."),
    ("place_deleted", "The booking is deleted and the place greyed out. All concerned are told by mail."),
    ("step_booked", "It is booked. All concerned get the invitation by mail."),
    ("session_booked", "It is booked. Both get the invitation by mail."),
    ("session_moved", "Moved. Both get the new time by mail, and their calendars follow."),
    ("move_asked", "Asked. Both times are kept for you until there is an answer."),
    ("move_withdrawn", "The request is withdrawn. The session stays where it was."),
    ("move_approved", "Agreed. Both get the new time by mail."),
    (
        "move_rejected",
        "The client is told that it is not possible. You can move it to another time yourself.",
    ),
    ("session_cancelled", "Called off. All concerned are told by mail."),
    ("session_missed", "Called off late: it counts as missed. All concerned are told by mail."),
    ("session_left", "You have left it. The others keep their date."),
    ("marked_completed", "Marked completed."),
    ("marked_no_show", "Marked as a no-show."),
    ("mark_undone", "The mark is taken back."),
    ("session_ended", "It is over, and can be marked."),
    ("missed_forgiven", "Forgiven. The client is told by mail."),
    ("missed_contested", "Your coach and the organisation read it now."),
    ("contest_settled", "Settled. The client is told by mail."),
    ("place_greyed_out", "The place is greyed out."),
    ("place_reactivated", "The place is back."),
    ("charge_waived", "Waived. The client is told by mail."),
    ("payment_recorded", "Written down. The receipt goes out by mail, and its number stands on the page."),
    ("session_recorded", "The session is recorded."),
    ("intro_granted", "They can book one more intro with you."),
    ("agreement_published", "The text holds from now on."),
    ("mail_retried", "The mail is on its way again."),
    ("clock_moved", "The clock has moved."),
]);

pub(super) const GERMAN: Toasts = Toasts(&[
    ("profile_saved", "Gespeichert."),
    ("photo_saved", "Ihr Foto ist da."),
    ("photo_removed", "Ihr Foto ist weg."),
    ("password_saved", "Ihr Passwort ist gespeichert. Alle anderen Geräte sind abgemeldet."),
    ("password_removed", "Ihr Passwort ist weg. Ein Link per Mail meldet Sie weiterhin an."),
    ("device_signed_out", "Dieses Gerät ist abgemeldet."),
    ("token_made", "Das Token ist schon gemacht. Es wurde dieses eine Mal gezeigt."),
    ("token_revoked", "Das Token gilt nicht mehr."),
    ("person_added", "Das Konto ist angelegt, die Einladung ist unterwegs."),
    ("coach_made", "Gespeichert. Der nächste Besuch beginnt mit der Einrichtung der Praxis."),
    ("roles_saved", "Die Rollen sind gespeichert."),
    ("invitation_sent", "Ein Link ist unterwegs."),
    ("person_signed_out", "Alle Geräte sind abgemeldet."),
    ("person_closed", "Das Konto ist geschlossen."),
    ("person_reopened", "Das Konto ist wieder offen."),
    ("settings_saved", "Die Einstellungen sind gespeichert."),
    ("practice_listed", "Ihre Seite steht jetzt im Verzeichnis."),
    (
        "practice_unlisted",
        "Ihre Seite steht nicht mehr im Verzeichnis. Wer ihre Adresse kennt, findet sie weiterhin.",
    ),
    ("offering_added", "Das Angebot ist angelegt."),
    ("offering_saved", "Gespeichert. Gebuchtes bleibt, wie es gebucht wurde."),
    ("offering_on", "Es kann jetzt gebucht werden."),
    ("offering_off", "Es kann nicht mehr gebucht werden. Gebuchtes bleibt."),
    ("offering_retired", "Das Angebot ist weg. Gebuchtes bleibt."),
    ("hours_saved", "Ihre Zeiten sind gespeichert."),
    ("hours_saved_outside", "Gespeichert. Einige Sitzungen liegen jetzt außerhalb: Sie stehen oben."),
    ("day_saved", "Der Tag ist gesetzt."),
    ("day_dropped", "Der Tag hat wieder die üblichen Zeiten."),
    ("time_off_added", "Ihre Auszeit ist eingetragen."),
    ("time_off_dropped", "Sie sind doch nicht weg."),
    (
        "place_deleted",
        "Die Buchung ist gelöscht, der Platz ausgegraut. Alle Beteiligten erfahren es per Mail.",
    ),
    ("step_booked", "Gebucht. Alle Beteiligten erhalten die Einladung per Mail."),
    ("session_booked", "Gebucht. Beide erhalten die Einladung per Mail."),
    ("session_moved", "Verschoben. Beide erhalten die neue Zeit per Mail, und ihre Kalender folgen."),
    ("move_asked", "Gefragt. Bis zur Antwort sind beide Zeiten für Sie freigehalten."),
    ("move_withdrawn", "Die Bitte ist zurückgezogen. Die Sitzung bleibt, wo sie war."),
    ("move_approved", "Zugestimmt. Beide erhalten die neue Zeit per Mail."),
    (
        "move_rejected",
        "Der Klient erfährt, dass es nicht geht. Sie können selbst auf eine andere Zeit verschieben.",
    ),
    ("session_cancelled", "Abgesagt. Alle Beteiligten erfahren es per Mail."),
    ("session_missed", "Spät abgesagt: Sie zählt als versäumt. Alle Beteiligten erfahren es per Mail."),
    ("session_left", "Sie sind nicht mehr dabei. Die anderen behalten ihren Termin."),
    ("marked_completed", "Als erledigt vermerkt."),
    ("marked_no_show", "Nichterscheinen vermerkt."),
    ("mark_undone", "Der Vermerk ist zurückgenommen."),
    ("session_ended", "Sie ist vorbei und kann vermerkt werden."),
    ("missed_forgiven", "Erlassen. Der Klient erfährt es per Mail."),
    ("missed_contested", "Ihr Coach und die Organisation lesen es jetzt."),
    ("contest_settled", "Geklärt. Der Klient erfährt es per Mail."),
    ("place_greyed_out", "Der Platz ist ausgegraut."),
    ("place_reactivated", "Der Platz ist zurück."),
    ("charge_waived", "Erlassen. Der Klient erfährt es per Mail."),
    ("payment_recorded", "Vermerkt. Die Quittung geht per Mail hinaus, ihre Nummer steht auf der Seite."),
    ("session_recorded", "Die Sitzung ist eingetragen."),
    ("intro_granted", "Ein weiteres Kennenlernen mit Ihnen ist möglich."),
    ("agreement_published", "Der Text gilt ab jetzt."),
    ("mail_retried", "Die Mail ist wieder unterwegs."),
    ("clock_moved", "Die Uhr ist vorgerückt."),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_know_the_same_keys() {
        let keys = |toasts: Toasts| toasts.0.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        assert_eq!(keys(ENGLISH), keys(GERMAN));
    }
}
